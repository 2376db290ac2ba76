"""The step that chooses whom to bring together with whom."""

from collections.abc import Iterator

from matcher.batch.runner import Work
from matcher.casework.batches import BatchStep
from matcher.desk.plans import make_plan
from matcher.planning import PlanSettings
from matcher.store.batch_results import candidates_of, plan_of_batch


class Planning:
    """Makes the plan of the month from the candidates that the batch has found."""

    name = BatchStep.PLAN

    def __init__(self, settings: PlanSettings) -> None:
        self._settings = settings

    def standing(self, work: Work) -> tuple[int, int]:
        """Whether it is made."""
        with work.desk.database.reading() as session:
            return int(plan_of_batch(session, work.batch.id) is not None), 1

    def rest(self, work: Work) -> Iterator[int]:
        """Make it; it is stored whole."""
        if self.standing(work)[0]:
            return
        with work.desk.database.reading() as session:
            ranked = list(candidates_of(session, work.batch.id))
        make_plan(
            work.desk,
            work.batch.month,
            ranked=ranked,
            batch_id=work.batch.id,
            settings=self._settings,
            progress=work.tell,
        )
        yield 1
