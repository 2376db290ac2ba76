"""The application over a library with records of every kind, as often as is asked for."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from httpx2 import Response
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api import create_app
from matcher.bootstrap import load_judgement
from matcher.desk import Desk, merging
from matcher.live import LiveIndex
from matcher.people import ApiKey, Role, actor_of_program
from matcher.people.actors import PERMISSIONS
from matcher.records import Partner, PartnerKind
from matcher.service import Matcher
from matcher.store.api_keys import add_key
from matcher.store.database import Database
from matcher.store.partners import save_partners
from matcher.store.site_types import SiteKind, add_type
from matcher.store.tables_casework import (
    AssessmentRow,
    AssociationTargetRow,
    PartnerFactsRow,
)
from matcher.store.tables_monthly import BatchNeedRow, SiteFactRow
from tests.api.authorisation import ELSEWHERE, Endpoint, fill_county
from tests.api.bodies import sent_with
from tests.conftest import TANNING
from tests.demo_needs import screener_of
from tests.fakes import HashEncoder
from tests.people import SESSIONS, account, sign_in
from tests.queries.counting import counted
from tests.queries.growth import grow

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TWIN = Partner(id="X2-twin", kind=PartnerKind.EXPERT, name=TANNING.name, region=TANNING.region)


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, and the statements that it took."""

    answer: Response
    statements: list[str]


@dataclass(frozen=True, slots=True)
class House:
    """The application, somebody who may do everything, and an id for every path parameter."""

    matcher: Matcher
    client: TestClient
    ids: dict[str, str]
    document: dict[str, Any]
    upload: dict[str, str]

    def ask(self, endpoint: Endpoint, **more: Any) -> Asked:  # noqa: ANN401
        """Send what a route expects; the indexes follow the store before it is counted."""
        self.matcher.index.refresh()
        path = endpoint.path
        ids = self.ids | (self.upload if path.startswith("/needs/import/") else {})
        for name in endpoint.parameters:
            path = path.replace(f"{{{name}}}", ids[name])
        sent = sent_with(endpoint, self.document, self.ids) | more
        with counted(self.matcher.database) as statements:
            answer = self.client.request(endpoint.method, path, follow_redirects=False, **sent)
        return Asked(answer, statements)

    def sent_in(self, **more: Any) -> str:  # noqa: ANN401
        """Send in a spreadsheet to import; returns its token."""
        answer = self.ask(Endpoint("POST", "/needs/import"), **more).answer
        return answer.headers["location"].rpartition("/")[2]


@contextmanager
def opened_house(database: Database, folder: Path, times: int) -> Iterator[House]:
    """A library in which everything is there once, and `times` times more."""
    encoder = HashEncoder()
    index = LiveIndex(database, encoder, folder / "index")
    with closing(Matcher(database, encoder, index, load_judgement())) as matcher:
        matcher.screener = screener_of(matcher)
        ids = fill_county(matcher) | _merge(matcher)
        with matcher.writing() as session:
            _add_the_rest(session, ids)
            session.flush()
            grow(session, times)
        app = create_app(matcher, sessions=SESSIONS)
        local = ("127.0.0.1", 50000)  # only this machine may read the metrics
        with TestClient(app, raise_server_exceptions=False, client=local) as client:
            sign_in(client, account(matcher))
            house = House(matcher, client, ids, app.openapi(), {})
            house.upload["token"] = house.sent_in()
            yield house


def _merge(matcher: Matcher) -> dict[str, str]:
    """Two records of one partner that were merged."""
    matcher.save_partners([TANNING, TWIN])
    desk = Desk(matcher, actor_of_program())
    return {"merge_id": str(merging.merge(desk, TANNING.id, TWIN.id).id)}


def _add_the_rest(session: Session, ids: dict[str, str]) -> None:
    """What `fill_county` leaves out."""
    save_partners(session, [TWIN])
    key = ApiKey(
        prefix=ELSEWHERE["prefix"],
        name="示例",
        role=Role.READ_ONLY,
        scope=PERMISSIONS[Role.READ_ONLY],
        created_at=NOW,
        created_by="示例",
    )
    add_key(session, key, "0" * 64)
    add_type(session, SiteKind(ELSEWHERE["code"], "示例站点", several_partners=True))
    station, batch = int(ids["station_id"]), int(ids["batch_id"])
    noted = {"name": "members", "value": 3, "note": "", "noted_on": date(2026, 11, 1)}
    session.add_all(
        [
            AssessmentRow(station_id=station, year=2025, score=80.0, note=""),
            AssociationTargetRow(year=2026, county="乐清市", target=4),
            BatchNeedRow(batch_id=batch, need_id=ids["need_id"], position=0, screening={}),
            PartnerFactsRow(
                partner_id=ids["partner_id"],
                aliases=[],
                capacity=3,
                conflicts=[],
                stations_elsewhere=None,
                retired=None,
                last_contacted=None,
                note="",
                version=1,
            ),
            SiteFactRow(owner="need", owner_id=ids["need_id"], noted_by="示例", **noted),
            SiteFactRow(owner="partner", owner_id=ids["partner_id"], noted_by="示例", **noted),
        ]
    )
