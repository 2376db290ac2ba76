from matcher.intake.need_columns import NEEDS
from matcher.intake.repeats import Repeats
from matcher.intake.results import Fault, Note


def test_the_first_row_of_an_id_is_the_one_compared_with() -> None:
    repeats = Repeats(NEEDS)
    assert "N1" not in repeats
    assert repeats.check(2, "N1", "a") is None
    assert "N1" in repeats
    assert isinstance(repeats.check(3, "N1", "a"), Note)
    fault = repeats.check(4, "N1", "b")
    assert isinstance(fault, Fault)
    assert "第 2 行" in fault.message
