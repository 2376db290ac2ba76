"""All steps of a batch, in their order."""

from matcher.batch.documents import Documents
from matcher.batch.figures import Figures
from matcher.batch.needs import Ranking, Screening
from matcher.batch.plan import Planning
from matcher.batch.runner import Step
from matcher.casework.batches import Inputs
from matcher.planning import PlanSettings


def all_steps(settings: PlanSettings, inputs: Inputs) -> tuple[Step, ...]:
    """Screening → ranking → plan → figures → documents.

    Args:
        settings: of the assignment.
        inputs: of the batch; they say which counties get an edition.
    """
    return (
        Screening(),
        Ranking(settings.candidates_per_need),
        Planning(settings),
        Figures(inputs.counties),
        Documents(),
    )
