"""The letters of a batch as documents, by county, numbered as in the plan."""

from pathlib import Path
from typing import Final

from matcher.batch.pieces import TEMPLATES, Piece, own_and_shipped, safe_name
from matcher.batch.runner import Work
from matcher.casework.batches import DocumentKind
from matcher.desk.plan_letters import PairLetter, letters_of
from matcher.reports.issuers import load_issuer
from matcher.reports.letters import write_letter
from matcher.reports.templates import LETTER_TEMPLATE, template_in
from matcher.store.plan_pairs import pairs_of_plan

FOLDER: Final = "对接函"
_NO_COUNTY: Final = "未注明县区"


def letter_pieces(work: Work, plan_id: int) -> list[Piece]:
    """The letters of the pairs that a plan proposes, in its order."""
    folders = own_and_shipped(work.desk.matcher.home, TEMPLATES)
    issuer, template = load_issuer(folders), template_in(folders, LETTER_TEMPLATE)
    with work.desk.database.reading() as session:
        pairs = pairs_of_plan(session, plan_id)
    letters = letters_of(work.desk, pairs, issuer=issuer.name, on=work.made_on)
    return [_piece(each, template) for each in letters]


def _piece(each: PairLetter, template: Path | None) -> Piece:
    """A letter; its name tells only to whom it goes, as it may be sent on as it is."""
    letter, pair = each.letter, each.pair
    to = safe_name(f"{letter.addressee.label} {letter.to}")
    county = safe_name(pair.county or _NO_COUNTY)
    return Piece(
        kind=DocumentKind.LETTER,
        county=pair.county,
        path=f"{FOLDER}/{county}/{pair.position + 1:04d} {to}.docx",
        write=lambda place: write_letter(letter, place, template),
    )
