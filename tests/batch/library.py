"""A small library that is opened in several processes, without a model."""

from datetime import date
from pathlib import Path

from matcher.bootstrap import load_judgement
from matcher.casework.needs import NeedStatus
from matcher.live import LiveIndex
from matcher.records import Enterprise, Need
from matcher.service import Matcher
from matcher.store.database import open_database
from matcher.store.enterprises import save_enterprises
from matcher.store.need_steps import set_status
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from tests.conftest import PARTNERS
from tests.fakes import HashEncoder

COUNTIES = ("乐清市", "平阳县")
NEEDS = tuple(
    Need(
        id=f"N-{number:02}",
        title=f"断路器触头温升过高（{number}）",
        problem=f"第 {number} 车间的塑壳断路器通电后触头发热，温升超标，怀疑与接触压力有关。",
        county=COUNTIES[number % 2],
        enterprise_id=f"E-{number % 2}",
        submitted=date(2026, 11, 1 + number),
    )
    for number in range(10)
)


def opened_library(home: Path) -> Matcher:
    """The library of a home; the caller closes it."""
    database = open_database(f"sqlite:///{home / 'library.sqlite3'}")
    encoder = HashEncoder()
    return Matcher(
        database, encoder, LiveIndex(database, encoder, home / "index"), load_judgement()
    )


def make_library(home: Path) -> None:
    """Ten open needs of two counties, and four partners."""
    matcher = opened_library(home)
    with matcher.writing() as session:
        save_partners(session, PARTNERS)
        firms = [
            Enterprise(id=f"E-{number}", name=f"示例电气{number}有限公司", county=county)
            for number, county in enumerate(COUNTIES)
        ]
        save_enterprises(session, firms)
        save_needs(session, NEEDS)
        for need in NEEDS:
            set_status(session, need.id, NeedStatus.LISTED)
    matcher.close()
