"""Many needs at once get what each of them gets alone."""

import pytest

from matcher.records import RankedCandidate
from matcher.service import Matcher
from matcher.store.needs import each_need


def needs_of(matcher: Matcher) -> list[tuple[str, str]]:
    with matcher.reading() as session:
        return [(need.id, need.text) for need in each_need(session)]


def test_many_are_ranked_as_each_alone(filled: Matcher) -> None:
    needs = needs_of(filled)
    ranked = list(filled.rank_many(needs, top=2))
    assert [each.need_id for each in ranked] == [need_id for need_id, _ in needs]
    for each in ranked:
        alone = filled.match_need(each.need_id, top=2).matches
        assert [(c.partner_id, c.probability, c.score) for c in each.candidates] == [
            (match.partner.id, pytest.approx(match.probability), pytest.approx(match.score))
            for match in alone
        ]


def test_chunks_change_nothing_and_progress_is_told(
    filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = needs_of(filled)
    together = list(filled.rank_many(needs, top=3))
    monkeypatch.setattr("matcher.bulk._NEEDS_AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    in_pairs = list(filled.rank_many(needs, top=3, progress=lambda *step: told.append(step)))
    assert in_pairs == together
    assert told[-1] == (len(needs), len(needs))
    assert len(told) == -(-len(needs) // 2)


def test_nothing_asked_nothing_answered(filled: Matcher) -> None:
    assert list(filled.rank_many([], top=3)) == []
    assert filled.reasons([]) == []


def test_the_reasons_are_those_of_the_single_answer(filled: Matcher) -> None:
    needs = dict(needs_of(filled))
    ranked = list(filled.rank_many(list(needs.items()), top=1))
    reasons = filled.reasons([(needs[each.need_id], each.candidates) for each in ranked])
    for each, of_need in zip(ranked, reasons, strict=True):
        best = filled.match_need(each.need_id, top=1).matches[0]
        assert of_need == {best.partner.id: best.reason}


def test_a_partner_that_is_gone_has_no_reason(filled: Matcher) -> None:
    gone = RankedCandidate(partner_id="ZZ", probability=0.5, score=1.0, passage_ids=(999_999,))
    assert filled.reasons([("断路器触头温升过高", [gone])]) == [{}]
