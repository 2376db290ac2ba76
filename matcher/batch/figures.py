"""The step that counts: one report for the city, one for each county, one for the year so far."""

from collections.abc import Iterator, Sequence

from matcher.batch.runner import Work
from matcher.casework.batches import BatchStep
from matcher.desk import reports
from matcher.reports.codec import report_to_json
from matcher.reports.records import Edition
from matcher.store.batch_results import editions_of, plan_of_batch, save_report
from matcher.store.report_records import report_counties


class Figures:
    """Keeps the report of each edition as data: documents and pages are drawn from it."""

    name = BatchStep.FIGURES

    def __init__(self, counties: Sequence[str] = ()) -> None:
        """Make the editions of these counties, or of each with any record, beside the city's."""
        self._counties = counties

    def standing(self, work: Work) -> tuple[int, int]:
        """Editions that are kept, and all."""
        wanted = editions(work, self._counties)
        with work.desk.database.reading() as session:
            kept = editions_of(session, work.batch.id)
        return sum(_key(edition) in kept for edition in wanted), len(wanted)

    def rest(self, work: Work) -> Iterator[int]:
        """Count for the others."""
        database, batch_id = work.desk.database, work.batch.id
        with database.reading() as session:
            kept, plan = editions_of(session, batch_id), plan_of_batch(session, batch_id)
        missing = [each for each in editions(work, self._counties) if _key(each) not in kept]
        for edition in missing:
            report = reports.report(work.desk, edition, plan=plan, on=work.made_on)
            with database.appending() as session:
                save_report(session, batch_id, *_key(edition), report_to_json(report))
            yield 1


def editions(work: Work, counties: Sequence[str]) -> list[Edition]:
    """The editions of a batch: city, year to date, then the counties in order."""
    with work.desk.database.reading() as session:
        known = sorted(counties or report_counties(session))
    city = [
        Edition(month=work.month),
        Edition(month=work.month, year_to_date=True),
    ]
    return [*city, *(Edition(month=work.month, county=county) for county in known if county)]


def _key(edition: Edition) -> tuple[str, bool]:
    return edition.county, edition.year_to_date
