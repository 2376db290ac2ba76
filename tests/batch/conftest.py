"""A small library whose needs are open, and somebody who may run batches."""

from datetime import date
from pathlib import Path

import pytest

from matcher.batch.inputs import inputs_of
from matcher.batch.orders import Order, Start, start
from matcher.casework.batches import Inputs
from matcher.casework.needs import NeedStatus
from matcher.desk import Desk
from matcher.people import actor_of_program
from matcher.service import Matcher
from matcher.store.need_steps import set_status
from tests.conftest import NEEDS

MONTH = date(2026, 11, 1)


@pytest.fixture
def open_library(filled: Matcher) -> Matcher:
    """The small library; its three needs are in the project library."""
    with filled.writing() as session:
        for need in NEEDS:
            set_status(session, need.id, NeedStatus.LISTED)
    return filled


@pytest.fixture
def desk(open_library: Matcher) -> Desk:
    return Desk(open_library, actor_of_program("测试"))


@pytest.fixture
def order(tmp_path: Path) -> Order:
    return Order(month=MONTH, out=tmp_path / "文档", by="测试")


def inputs(desk: Desk, **more: object) -> Inputs:
    return inputs_of(desk.matcher, assignment={"partners_per_need": 3} | more)


def begun(desk: Desk, order: Order) -> Start:
    return start(desk, order, inputs(desk))
