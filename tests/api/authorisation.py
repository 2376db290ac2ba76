"""Every route of the application, and the records of one county that are kept from another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from matcher.casework.associations import ENTERPRISES_FOR_PARK
from matcher.casework.batches import BatchState, DocumentKind, Inputs
from matcher.casework.pairings import StoredFile
from matcher.casework.plans import Mark, PlanMark, UnmetNeed, UnmetReason
from matcher.desk import Desk
from matcher.desk.needs import open_need
from matcher.files import FileStore
from matcher.people import SubmissionLink, actor_of_program
from matcher.people.secrets import new_token, token_digest
from matcher.records import Enterprise, Need
from matcher.service import Matcher
from matcher.store.api_keys import add_link
from matcher.store.batch_results import BatchDocument, add_documents
from matcher.store.batch_runs import Runner, begin_batch, end_batch
from matcher.store.enterprises import save_enterprises
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from matcher.store.plan_marks import set_mark
from matcher.store.plans import add_plan
from matcher.store.tables import Base
from matcher.store.tables_casework import (
    AssociationRow,
    ContactRow,
    FileRow,
    NeedStepRow,
    OutcomeRow,
    PairingEventRow,
    PairingRow,
    StationPartnerRow,
    StationRow,
)
from tests.conftest import CONTACTS, SOCIETY
from tests.plans import pair, plan

OWN, OTHER = "乐清市", "平阳县"
MARK = "甲县专有"
"""Stands in every record of the county `OWN`, and in nothing else."""

NOW = datetime.now(UTC)
NOT_RECORDS = frozenset(
    {"audit", "login_failures", "match_runs", "vectors", "api_keys", "accounts", "changes"}
)
"""Tables that a refused request may well write to: who asked, and what was computed."""


class Rule(Enum):
    """What is expected of a route."""

    OPEN = auto()
    """Anybody, without a login."""
    STATIC = auto()
    """Files that hold nothing of the library."""
    PERSONAL = auto()
    """Whoever is signed in; it concerns only themselves, or holds no records."""
    SHARED = auto()
    """Read by everybody who may read, of every county: the directory is the whole city's."""
    LIST = auto()
    """A list or search; nothing of another county is in it."""
    EXPORT = auto()
    """A list as a spreadsheet; also refused to who only reads."""
    FORM = auto()
    """A form for something new, or a list that is worked with; refused to who only reads."""
    ASK = auto()
    """Asks with a body and changes nothing; nothing of another county is in the answer."""
    CHANGE = auto()
    """Changes something; refused to who only reads."""
    RECORD = auto()
    """One record; another county is told that there is none."""
    RECORD_FORM = auto()
    """A form to change one record; also refused to who only reads."""
    RECORD_CHANGE = auto()
    """Changes one record; also refused to who only reads."""
    DIRECTORY = auto()
    """For who keeps the directory: not for counties, nor for who only reads."""
    ADMIN = auto()
    """For administrators alone."""


GETTING = frozenset(
    {Rule.SHARED, Rule.LIST, Rule.EXPORT, Rule.FORM, Rule.RECORD, Rule.RECORD_FORM, Rule.STATIC}
)
CHANGING = frozenset({Rule.ASK, Rule.CHANGE, Rule.RECORD_CHANGE})
OF_A_RECORD = (Rule.RECORD, Rule.RECORD_FORM, Rule.RECORD_CHANGE)
NOT_FOR_READERS = (
    Rule.EXPORT,
    Rule.FORM,
    Rule.CHANGE,
    Rule.RECORD_FORM,
    Rule.RECORD_CHANGE,
    Rule.DIRECTORY,
    Rule.ADMIN,
)
NOT_FOR_COUNTIES = (Rule.DIRECTORY, Rule.ADMIN)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method at a path with its parameters in braces."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)", self.path)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1/")

    @property
    def changes(self) -> bool:
        return self.method not in {"GET", "HEAD"}


def endpoints(app: FastAPI) -> list[Endpoint]:
    """All methods at all paths; whatever is no route with methods has the method ANY."""
    return sorted(set(_walk(app.routes, "")), key=str)


def _walk(routes: list, prefix: str) -> Iterator[Endpoint]:  # type: ignore[type-arg]
    for context in iter_route_contexts(routes):
        path = re.sub(r":\w+}", "}", prefix + (context.path or ""))
        route = context.original_route
        if isinstance(route, Mount) and not isinstance(route.app, StaticFiles):
            yield from _walk(list(route.routes), prefix + route.path)
        elif isinstance(route, Mount) or not context.methods:
            yield Endpoint("ANY", path)
        else:
            for method in context.methods - {"HEAD"}:
                yield Endpoint(method, path)


def fill_county(matcher: Matcher) -> dict[str, str]:
    """Make one record of each kind in the county `OWN`; returns their ids by path parameter."""
    digest = FileStore(matcher.home / "files").keep(CONTENT)
    with matcher.writing() as session:
        save_partners(session, [CONTACTS, SOCIETY])
        more = [_firm(f"E-{number}") for number in range(ENTERPRISES_FOR_PARK)]
        save_enterprises(session, [_firm("E-own"), *more])
        save_needs(session, [_need("N-own"), _need("N-new")])
        ids = {
            "need_id": "N-own",
            "enterprise_id": "E-own",
            "partner_id": CONTACTS.id,
            **_casework(session, digest),
            **_batch(session, digest),
            "plan_id": _plan(session),
        }
        token = new_token()
        link = SubmissionLink(
            id=0, county=OWN, label=f"{MARK}链接", created_at=NOW, created_by="示例"
        )
        ids["link_id"] = str(add_link(session, link, token_digest(token)).id)
    seen = open_need(Desk(matcher, actor_of_program()), "N-own").version
    return ids | {"token": token, "need_version": seen} | ELSEWHERE


ELSEWHERE = {
    "username": "city_admin",
    "prefix": "00000000",
    "merge_id": "1",
    "code": "sample_station",
    "year": "2026",
    "reader": "partner",
    "subject": "needs",
    "month": "2026-11",
}
"""Parameters that name no record of a county."""


def _firm(identifier: str) -> Enterprise:
    return Enterprise(
        id=identifier,
        name=f"{MARK}示例企业{identifier}",
        county=OWN,
        park=f"{MARK}园区",
        st_staff_count=60,
    )


def _need(identifier: str) -> Need:
    return Need(
        id=identifier,
        title=f"{MARK}断路器触头温升过高",
        problem=f"{MARK}塑壳断路器通电后触头发热，温升超标，怀疑银合金触头与接触压力有关。",
        keywords=(f"{MARK}触头",),
        county=OWN,
        enterprise_id="E-own",
        submitted=date(2026, 11, 2),
    )


CONTENT = f"{MARK}附件".encode()


def _casework(session: Session, digest: str) -> dict[str, str]:
    pairing = PairingRow(
        need_id="N-own",
        partner_id=CONTACTS.id,
        county=OWN,
        stage="signed",
        reason=None,
        probability=0.8,
        created_at=NOW,
        updated_at=NOW,
        released_at=None,
        version=1,
    )
    contact = ContactRow(
        owner="need",
        owner_id="N-own",
        name=f"{MARK}联系人",
        phone="13800000000",
        email="sample@example.com",
        position="",
        secrecy="internal",
    )
    kept = FileRow(
        name=f"{MARK}附件.txt", media_type="text/plain", size=len(CONTENT), sha256=digest
    )
    session.add_all([pairing, contact, kept])
    session.flush()
    station = StationRow(
        name=f"{MARK}工作站",
        type="society_station",
        level="city",
        enterprise_id="E-own",
        county=OWN,
        agreed_on=date(2024, 1, 1),
        ends_on=date(2028, 1, 1),
        status="active",
        pairing_id=pairing.id,
        note="",
        version=1,
    )
    association = AssociationRow(
        name=f"{MARK}企业科协",
        kind="enterprise",
        county=OWN,
        enterprise_id="E-own",
        park="",
        status="founded",
        approved_on=date(2020, 1, 1),
        approved_by="示例",
        founded_on=date(2020, 2, 1),
        chair="",
        secretary="",
        liaison="",
        members=None,
        last_congress=None,
        check={},
        last_activity=None,
        note="",
        version=1,
    )
    session.add_all([station, association])
    session.flush()
    outcome = OutcomeRow(
        kind="patent",
        title=f"{MARK}专利",
        on=date(2026, 11, 3),
        county=OWN,
        pairing_id=pairing.id,
        station_id=station.id,
        number="",
        amount=None,
        note="",
    )
    event = PairingEventRow(
        pairing_id=pairing.id,
        at=NOW,
        actor_name="示例",
        kind="file",
        before=None,
        after=None,
        reason=None,
        text=f"{MARK}备注",
        file_id=kept.id,
    )
    step = NeedStepRow(
        need_id="N-own",
        at=NOW,
        actor_name="示例",
        before=None,
        after="signed",
        reason=None,
        note=f"{MARK}说明",
    )
    session.add_all(
        [
            outcome,
            event,
            step,
            StationPartnerRow(station_id=station.id, partner_id=CONTACTS.id, position=0),
        ]
    )
    session.flush()
    return {
        "pairing_id": str(pairing.id),
        "contact_id": str(contact.id),
        "file_id": str(kept.id),
        "station_id": str(station.id),
        "association_id": str(association.id),
        "outcome_id": str(outcome.id),
    }


def _plan(session: Session) -> str:
    """A plan with pairs, a mark and an unmet need of the county."""
    told = {"reason": f"{MARK}推荐理由。"}
    pairs = [
        pair("N-own", CONTACTS.id, OWN, 0, **told),
        pair("N-own", SOCIETY.id, OWN, 1, rank=2, **told),
    ]
    unmet = UnmetNeed(need_id="N-new", county=OWN, reason=UnmetReason.NOBODY, told=f"{MARK}说明")
    mark = PlanMark(
        need_id="N-own",
        partner_id=SOCIETY.id,
        mark=Mark.EXCLUDE,
        note=f"{MARK}说明",
        marked_at=NOW,
        marked_by="示例",
    )
    set_mark(session, mark)
    return str(add_plan(session, plan("2026-10", [unmet]), pairs).id)


def _batch(session: Session, digest: str) -> dict[str, str]:
    """A finished batch with a document of the county."""
    inputs = Inputs(model_id="hash", library_id="0", revision=0, token="0", program="0")
    runner = Runner(host="server", pid=1, by="示例")
    batch = begin_batch(session, "2026-10", inputs, out="/data", runner=runner, at=NOW)
    end_batch(session, batch.id, BatchState.FINISHED, NOW)
    name, size = f"{MARK}月报.txt", len(CONTENT)
    document = BatchDocument(
        id=0,
        batch_id=batch.id,
        county=OWN,
        kind=DocumentKind.WORD,
        path=name,
        size=size,
        sha256=digest,
        file_id=None,
    )
    kept = StoredFile(id=0, name=name, media_type="text/plain", size=size, sha256=digest)
    return {
        "batch_id": str(batch.id),
        "document_id": str(add_documents(session, [(document, kept)])[0].id),
    }


def records(matcher: Matcher) -> set[str]:
    """All rows of all tables that hold records, to see that nothing was changed."""
    with matcher.reading() as session:
        return {
            f"{table.name} {row!r}"
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_RECORDS
            for row in session.execute(select(table))
        }


def shown(response: Response) -> str:
    """The text of an answer, also of a workbook or a document with workbooks in it."""
    if not response.content.startswith(b"PK"):
        return response.text
    return unescape(_packed(response.content))


def _packed(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with ZipFile(BytesIO(content)) as book:
        return "".join(_packed(book.read(name)) for name in book.namelist())
