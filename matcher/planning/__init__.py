"""The question of a month's plan, put together from the library.

    settings   what a city decides about its plans, from a file that a clerk can read
    material   everything that the question depends on, read with a few queries
    problem    the question as `matcher.pairing` takes it, and why a need gets nobody (pure)
    naming     names beside the ids where there is no answer (pure)
    comparison what the answer amounts to beside the choice by hand, in Chinese (pure)
    jobs       the one plan that is being made in a workspace, and how far it is

`matcher.desk.plans` carries a plan out.
"""

from matcher.planning.problem import Question, pairs_to_check, question_of, unmet_of
from matcher.planning.settings import PlanSettings, load_settings

__all__ = ["PlanSettings", "Question", "load_settings", "pairs_to_check", "question_of", "unmet_of"]
