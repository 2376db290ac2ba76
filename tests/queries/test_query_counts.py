"""No query in a loop: what a request sends to the database does not grow with the library.

The same requests go to a library in which everything is there five times, and to one in which it is
there fifty times. See `tests.queries.growth`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from api import create_app
from matcher.casework.pairings import PairingStage
from matcher.casework.plans import PairState
from matcher.desk import Desk, plan_decisions
from matcher.importing import import_file
from matcher.intake import Subject
from matcher.people import actor_of_program
from matcher.records import Enterprise, Need
from matcher.service import Matcher
from matcher.store.database import Database, open_database
from matcher.store.enterprises import save_enterprises
from matcher.store.plan_pairs import PairFilter
from matcher.store.plans import add_plan
from tests.api.authorisation import Endpoint, endpoints
from tests.conftest import CONTACTS
from tests.databases import Databases
from tests.plans import pair, plan
from tests.queries.bounds import CHANGING, GETTING, NOT_THERE
from tests.queries.counting import counted
from tests.queries.house import Asked, House, opened_house

FEW, MANY = 4, 49
PER_PAIR = 15
"""Statements for each pair of a plan that is adopted: each may be refused for a reason of its own,
and the others stand."""


@contextmanager
def houses(
    databases: Databases, folder: Path, sizes: tuple[int, int] = (FEW, MANY)
) -> Iterator[tuple[House, House]]:
    """The application over two libraries, in which everything is there so many times more."""
    with ExitStack() as stack:
        made = []
        for place, times in enumerate(sizes):
            url = databases.migrated()
            stack.callback(databases.drop, url)
            # One connection is enough for a request: were a second one needed while the first is
            # held, a full pool could come to a halt.
            database = open_database(url, pool_size=1, patience=2)
            house = opened_house(database, folder / str(place), times)
            made.append(stack.enter_context(house))
        yield made[0], made[1]


def endpoint(named: str) -> Endpoint:
    method, _, path = named.partition(" ")
    return Endpoint(method, path)


def faults(named: str, few: Asked, many: Asked, most: int) -> Iterator[str]:
    """What is wrong with the statements of a route."""
    there = named in NOT_THERE
    for asked in (few, many):
        if (asked.answer.status_code >= 400) is not there:
            yield f"{named}: {asked.answer.status_code}, which proves nothing"
    if len(many.statements) > len(few.statements):
        (sent, times), *_ = Counter(many.statements).most_common()
        grown = f"{len(few.statements)} statements became {len(many.statements)}"
        yield f"{named}: {grown}; {times} times {sent}"
    if len(many.statements) > most:
        yield f"{named}: {len(many.statements)} statements; tests/queries/bounds.py allows {most}"


def test_every_page_and_list_has_a_bound() -> None:
    there = {str(each) for each in endpoints(create_app()) if each.method == "GET"}
    assert there - set(GETTING) == set(), "add these to tests/queries/bounds.py"
    assert set(GETTING) - there == set(), "these are gone"


@pytest.mark.parametrize(("asked", "most"), [(GETTING, 40), (CHANGING, 45)])
def test_bounds_are_low(asked: dict[str, int], most: int) -> None:
    assert max(asked.values()) <= most


@pytest.mark.parametrize("asked", [GETTING, CHANGING], ids=["looking", "changing"])
def test_statements_do_not_grow_with_the_library(
    asked: dict[str, int], sqlite_databases: Databases, tmp_path: Path
) -> None:
    found: list[str] = []
    with houses(sqlite_databases, tmp_path) as (few, many):
        for named, most in asked.items():
            to = endpoint(named)
            found += faults(named, few.ask(to), many.ask(to), most)
    assert found == []


def needs_file(folder: Path, count: int) -> Path:
    file = folder / f"{count}.jsonl"
    rows = [
        {
            "id": f"I-{number}",
            "title": f"示例需求{number}：阀门填料泄漏",
            "problem": f"第{number}号高温闸阀填料函泄漏，换过柔性石墨填料仍超标。",
            "enterprise_name": f"示例阀门{number}有限公司",
            "county": "永嘉县",
        }
        for number in range(count)
    ]
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def statements(database: Database, act: Callable[[], object]) -> int:
    with counted(database) as sent:
        act()
    return len(sent)


NEED = Need(id="N", title="断路器触头温升过高", problem="塑壳断路器触头发热，温升超标。")


def save_firms(matcher: Matcher, count: int) -> None:
    with matcher.writing() as session:
        firms = [Enterprise(id=f"E{n}", name=f"示例{n}有限公司") for n in range(count)]
        save_enterprises(session, firms)


SAVING: dict[str, tuple[Callable[[Matcher, int], object], int]] = {
    "needs": (lambda m, n: m.save_needs([replace(NEED, id=f"N{i}") for i in range(n)]), 15),
    "partners": (
        lambda m, n: m.save_partners([replace(CONTACTS, id=f"P{i}") for i in range(n)]),
        15,
    ),
    "changed partners": (
        lambda m, n: m.save_partners(
            [replace(CONTACTS, id=f"P{i}", profile="改过的简介", evidence=()) for i in range(n)]
        ),
        15,
    ),
    "enterprises": (save_firms, 10),
    "following": (lambda m, _: m.index.refresh(), 30),
    "matching": (lambda m, _: m.match_text("断路器触头温升过高，银合金触头发热", top=50), 10),
    "needs for a partner": (lambda m, _: m.needs_for("P1", top=50), 10),
}
"""What is done one after the other with some records, and how many statements it may take."""


@pytest.mark.any_database
def test_statements_do_not_grow_with_what_is_saved(matcher: Matcher) -> None:
    for name, (act, most) in SAVING.items():
        few = statements(matcher.database, lambda act=act: act(matcher, 5))  # type: ignore[misc]
        many = statements(matcher.database, lambda act=act: act(matcher, 50))  # type: ignore[misc]
        assert many <= max(few, most), f"{name}: {few} statements became {many}"
        assert many <= most, name


@pytest.mark.any_database
def test_statements_do_not_grow_with_a_file(database: Database, tmp_path: Path) -> None:
    counts = []
    for count in (5, 50):
        file = needs_file(tmp_path, count)
        load = lambda file=file: import_file(database, file, Subject.NEEDS)  # noqa: E731
        counts.append(statements(database, load))
    assert counts[0] >= counts[1]
    assert counts[1] <= 25


def test_statements_do_not_grow_with_a_spreadsheet_on_the_pages(
    postgres_databases: Databases, tmp_path: Path
) -> None:
    """On a server; SQLite, which is no way off, takes rows that get a number one by one."""
    counts: list[list[int]] = []
    with houses(postgres_databases, tmp_path, (0, 0)) as both:
        for house, count in zip(both, (5, 50), strict=True):
            file = (f"{count}.jsonl", needs_file(tmp_path, count).read_bytes())
            sent = {"data": {"subject": "needs"}, "files": {"file": file}}
            house.upload["token"] = house.sent_in(**sent)
            asked = [
                house.ask(Endpoint("GET", "/needs/import/{token}")),
                house.ask(Endpoint("POST", "/needs/import/{token}/confirm")),
            ]
            assert [each.answer.status_code for each in asked] == [200, 303]
            counts.append([len(each.statements) for each in asked])
    (few_looked, few_done), (many_looked, many_done) = counts
    assert many_looked <= few_looked + 3 * 2, "the indexes are asked for 20 rows at a time"
    assert many_done <= few_done


def adopt(matcher: Matcher, count: int) -> int:
    """Statements that it takes to adopt all pairs of a plan."""
    desk = Desk(matcher, actor_of_program())
    ids = [f"A{count}-{number}" for number in range(count)]
    matcher.save_needs([replace(NEED, id=id, county="乐清市") for id in ids])
    matcher.save_partners([replace(CONTACTS, id=f"P-{id}") for id in ids])
    pairs = [pair(id, f"P-{id}", "乐清市", place) for place, id in enumerate(ids)]
    with matcher.writing() as session:
        number = add_plan(session, plan(unmet=[]), pairs).id
    done = []

    def act() -> None:
        wanted = PairFilter(state=PairState.PROPOSED)
        stage = PairingStage.RECOMMENDED
        done.append(plan_decisions.adopt_open(desk, number, wanted, stage=stage))

    sent = statements(matcher.database, act)
    assert len(done[0].adopted) == count
    return sent


def test_adopting_takes_a_few_statements_for_each_pair(matcher: Matcher) -> None:
    few, many = adopt(matcher, 5), adopt(matcher, 50)
    assert many - few <= PER_PAIR * 45
