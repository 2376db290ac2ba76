"""Fixtures that several packages' tests share."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL

from matcher.bootstrap import load_judgement
from matcher.live import LiveIndex
from matcher.records import Evidence, EvidenceType, Need, Partner, PartnerKind
from matcher.service import Matcher
from matcher.store.database import Database, open_database
from tests.databases import KINDS, Databases, SqliteDatabases, on_a_server
from tests.fakes import HashEncoder
from tests.postgres import NoServerError

# Machines that run the tests are shared; how long an example takes says nothing here.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=KINDS, help="run every test that needs a library on this kind alone"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "any_database: runs on SQLite and on PostgreSQL; others run on SQLite"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--database")
    if chosen:
        metafunc.parametrize("database_kind", [chosen])
    elif metafunc.definition.get_closest_marker("any_database"):
        metafunc.parametrize("database_kind", KINDS)


@pytest.fixture
def database_kind() -> str:
    """Kind of the test's database; `pytest_generate_tests` puts others in its place."""
    return "sqlite"


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Databases]:
    """Databases on a PostgreSQL server; where there is none the test is skipped and says so."""
    with ExitStack() as stack:
        try:
            databases = stack.enter_context(on_a_server())
        except NoServerError as error:
            pytest.skip(f"no PostgreSQL: {error}")
        yield databases


@pytest.fixture
def databases(request: pytest.FixtureRequest, database_kind: str) -> Databases:
    """What makes databases of the test's kind."""
    fixture = "sqlite_databases" if database_kind == "sqlite" else "postgres_databases"
    made: Databases = request.getfixturevalue(fixture)
    return made


@pytest.fixture
def database_url(databases: Databases) -> Iterator[URL]:
    """Address of an empty library, for whoever opens it otherwise than `database` does."""
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture
def blank_url(databases: Databases) -> Iterator[URL]:
    """Address of a database without any table."""
    url = databases.blank()
    yield url
    databases.drop(url)


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """An empty library."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture
def matcher(database: Database, encoder: HashEncoder, tmp_path: Path) -> Matcher:
    return Matcher(
        database, encoder, LiveIndex(database, encoder, tmp_path / "index"), load_judgement()
    )


CONTACTS = Partner(
    id="X1",
    kind=PartnerKind.EXPERT,
    name="触头专家",
    region="上海市",
    profile="研究低压电器电接触与电弧。",
    evidence=(
        Evidence(
            id="X1-1",
            type=EvidenceType.PAPER,
            title="银氧化锡触头材料的熔焊特性",
            text="研究了断路器触头温升与接触电阻的关系，银氧化锡触头抗熔焊性能优于银镉触头。",
            year=2019,
        ),
        Evidence(
            id="X1-2",
            type=EvidenceType.PATENT,
            title="一种灭弧室结构",
            text="栅片灭弧室使电弧快速转移。",
            year=2021,
        ),
    ),
    sample=True,
)
TANNING = Partner(
    id="X2",
    kind=PartnerKind.EXPERT,
    name="皮革专家",
    region="四川省成都市",
    profile="从事制革清洁生产与铬鞣废液处理。",
    evidence=(
        Evidence(
            id="X2-1",
            type=EvidenceType.PAPER,
            title="无铬鞣剂对牛皮收缩温度的影响",
            text="采用无铬鞣制工艺，牛皮收缩温度达到85摄氏度，废水中铬含量显著降低。",
            year=2020,
        ),
    ),
    sample=True,
)
SOCIETY = Partner(
    id="S1",
    kind=PartnerKind.SOCIETY,
    name="中国电工技术学会",
    region="北京市",
    profile="覆盖电机、低压电器、电力电子等专业，可组织断路器可靠性诊断。",
)
OVERSEAS = Partner(
    id="O1",
    kind=PartnerKind.OVERSEAS,
    name="旅德化学会",
    name_en="Chinese Chemists in Germany",
    region="德国",
    profile="Adhesives, leather chemistry and polymer coatings for industry.",
)
PARTNERS = (CONTACTS, TANNING, SOCIETY, OVERSEAS)

HOT_CONTACTS = Need(
    id="N1",
    title="断路器触头温升过高",
    problem="我厂塑壳断路器通电后触头发热，温升超标，怀疑银合金触头与接触压力有关。",
    county="乐清市",
)
HIDES = Need(
    id="N2",
    title="牛皮鞣制废水铬超标",
    problem="制革车间鞣制废水含铬，想换无铬鞣剂又怕皮子不耐热。",
    county="平阳县",
)
WELDING = Need(
    id="N3",
    title="小型断路器触头粘连",
    problem="断路器分断短路电流后触头熔焊粘连，要换触头材料。",
    county="柳市镇",
)
NEEDS = (HOT_CONTACTS, HIDES, WELDING)


@pytest.fixture
def filled(matcher: Matcher) -> Matcher:
    """A matcher over a small library of four partners and three needs."""
    matcher.save_partners(PARTNERS)
    matcher.save_needs(NEEDS)
    return matcher
