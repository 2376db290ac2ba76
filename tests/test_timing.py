"""Stages of an answer, and who hears of them."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from matcher.timing import STAGES, Stage, heard_by, stage, timed


def test_a_stage_is_told_with_its_time() -> None:
    with timed() as seconds:
        with stage("dense"):
            sum(range(1000))
        with stage("dense"):
            pass
        with stage("fusion"):
            pass
    assert set(seconds) == {"dense", "fusion"}
    assert all(0 < spent < 5 for spent in seconds.values())


def test_inner_stages_are_part_of_outer_ones() -> None:
    with timed() as seconds, stage("records"), stage("reasons"):
        sum(range(10_000))
    assert seconds["records"] >= seconds["reasons"] > 0


def test_a_stage_that_fails_is_told_and_the_error_goes_on() -> None:
    with timed() as seconds, pytest.raises(ZeroDivisionError), stage("encode"):
        raise ZeroDivisionError
    assert list(seconds) == ["encode"]


def test_nobody_listens_any_more() -> None:
    heard: list[Stage] = []
    with heard_by(lambda name, _: heard.append(name)):
        with heard_by(lambda *_: None), stage("dense"):
            pass
        with stage("lexical"):
            pass
    with stage("encode"):
        pass
    assert heard == ["lexical"]


def test_a_thread_listens_in_a_copy_of_the_context() -> None:
    def work() -> None:
        with stage("lexical"):
            pass

    with timed() as seconds, ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
        assert seconds == {}
        pool.submit(copy_context().run, work).result()
    assert list(seconds) == ["lexical"]


def test_the_names_are_few_and_different() -> None:
    assert len(set(STAGES)) == len(STAGES) < 20
