"""Prompts: what some models want put before a query or a passage."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.embedding.loading import text_id


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is put before queries and passages; empty where nothing is."""

    query: str = ""
    passage: str = ""

    @classmethod
    def chosen(
        cls, of_model: Mapping[str, str | None], *, query: str | None, passage: str | None
    ) -> "Prompts":
        """Those that were asked for, and the model's own where None was.

        Args:
            of_model: the model's prompts by their names in sentence-transformers.
            query: put before queries; None for the model's own "query" prompt, if any.
            passage: put before passages; None for the model's own "document" prompt, if any.
        """
        return cls(
            _own(of_model, "query") if query is None else query,
            _own(of_model, "document", "passage", "corpus") if passage is None else passage,
        )


def prompted_id(model_id: str, passage_prompt: str | None) -> str:
    """Name of a model together with the prompt, other than its own, that its passages get."""
    return model_id if passage_prompt is None else f"{model_id}+{text_id(passage_prompt)}"


def _own(of_model: Mapping[str, str | None], *names: str) -> str:
    """The first prompt that is not empty among these names.

    The library itself stops at the first name, which it always defines, if only as empty.
    """
    return next((prompt for name in names if (prompt := of_model.get(name))), "")
