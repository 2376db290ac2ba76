"""What a person is shown of a match: the passages that earned it, marked words, one sentence."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from matcher.index.passages import PassageIndex
from matcher.records import (
    Band,
    Evidence,
    EvidencePassage,
    EvidenceType,
    Need,
    Partner,
    PartnerKind,
    Passage,
)
from matcher.text.fold import fold
from matcher.text.highlight import near_spans, shared_spans
from matcher.text.segment import words

_TELLING_SHARE = 0.03
_SMALL_LIBRARY = 50
_NUMBER = re.compile(r"[\d.]+")


def telling_terms(query: str, index: PassageIndex) -> frozenset[str]:
    """Words of the query that few passages contain, and that therefore say something.

    A bare number says nothing; one with its unit or in a model number does.
    """
    return telling_words(words(query), index)


def telling_words(terms: Iterable[str], index: PassageIndex) -> frozenset[str]:
    """Those of the terms that few passages contain, bare numbers left out."""
    named = {term for term in terms if not _NUMBER.fullmatch(term)}
    if len(index) < _SMALL_LIBRARY:
        return frozenset(named)
    return frozenset(term for term in named if index.passage_share(term) <= _TELLING_SHARE)


def partner_evidence(
    partner: Partner,
    passages: Iterable[Passage],
    telling: Collection[str],
    near: Collection[str] = (),
) -> tuple[EvidencePassage, ...]:
    """Passages of a partner as shown, in the order given.

    Args:
        partner: whose they are.
        passages: what to show.
        telling: words of the query to mark.
        near: words that mean something like one of the query, marked apart from those.
    """
    by_id = {evidence.id: evidence for evidence in partner.evidence}
    found = ((passage, by_id.get(passage.evidence_id or "")) for passage in passages)
    return tuple(_shown(passage, evidence, telling, near) for passage, evidence in found)


def need_evidence(
    need: Need, passages: Iterable[Passage], telling: Collection[str]
) -> tuple[EvidencePassage, ...]:
    """Passages of a need as shown, in the order given."""
    texts = (_without_title(passage.text, need.title) for passage in passages)
    return tuple(
        EvidencePassage(
            evidence_id=None,
            type=None,
            title=need.title,
            year=need.submitted.year if need.submitted else None,
            source="",
            text=text,
            spans=shared_spans(text, telling),
        )
        for text in texts
    )


def _shown(
    passage: Passage, evidence: Evidence | None, telling: Collection[str], near: Collection[str]
) -> EvidencePassage:
    text = _without_title(passage.text, evidence.title if evidence else "")
    spans = shared_spans(text, telling)
    return EvidencePassage(
        evidence_id=evidence.id if evidence else None,
        type=evidence.type if evidence else None,
        title=evidence.title if evidence else "",
        year=evidence.year if evidence else None,
        source=evidence.source if evidence else "",
        text=text,
        spans=spans,
        near_spans=near_spans(text, near, spans),
    )


def _without_title(text: str, title: str) -> str:
    """A passage's text without the title that every piece of its evidence begins with."""
    return "" if text == title else text.removeprefix(f"{title}\n") if title else text


_WORDS_NAMED = 4
_TITLE_WIDTH = 80
"""Longest title in a reason: 40 Chinese characters, a Latin letter counts as half of one."""

_OF_ANY_NEED = """
最大 最小 最高 最低 平均 速度 时间 次数 数量 数值 原因 操作 成功率 温度 压力 范围 左右 以上 以下
"""
_SAYS_LITTLE = frozenset(_OF_ANY_NEED.split())
_UNIT = re.compile(r"(?:[kmgμun]?(?:g|m|l|s|v|a|w|wh|hz|pa|n|j|min|h)\d?)(?:/\w+)*")
_STOPS = " 。．.，,；;：:、！!？?\n"
_INNER_QUOTES = str.maketrans("《》“”", "〈〉‘’")
_ONE = {
    EvidenceType.PAPER: "一篇",
    EvidenceType.PATENT: "一项",
    EvidenceType.PROJECT: "一个",
    EvidenceType.SERVICE: "一项",
}
_SAMPLE = "（示例）"
_CONCLUSIONS = {
    Band.STRONG: "与贵企业的需求直接相关，建议优先对接",
    Band.GOOD: "与贵企业的需求相关，建议对接",
    Band.POSSIBLE: "与贵企业的需求有一定关联，可先沟通了解",
    Band.INSUFFICIENT: "但现有材料与需求关联不足，仅供参考",
}
_WITHOUT_WORDS = {
    Band.STRONG: "与贵企业的需求语义相近，建议优先对接",
    Band.GOOD: "与贵企业的需求语义相近，建议对接",
    Band.POSSIBLE: "与贵企业的需求语义较为相近，可先沟通了解",
    Band.INSUFFICIENT: "等现有材料与需求关联不足，仅供参考",
}


def partner_reason(partner: Partner, evidence: Sequence[EvidencePassage], band: Band) -> str:
    """One Chinese sentence for a letter: who, by which evidence, in which words, how strongly.

    It says nothing that the records do not say. Of the evidence it names the first piece with a
    marked word, a profile only where no other has one; without any marked word the first passage.

    Args:
        partner: whom the sentence is about.
        evidence: its passages as shown, best first; may be empty.
        band: how much they say for it.
    """
    passage = _most_citable(evidence)
    source = f"的{_citation(passage)}" if passage else "的资料"
    if passage and passage.year and passage.type:
        source = f"{passage.year}年{source}"
    named = _matching_words(passage) if passage else ""
    tie = f"涉及{named}，{_CONCLUSIONS[band]}" if named else _WITHOUT_WORDS[band]
    return f"{_who(partner)}{source}{tie}。"


def _most_citable(evidence: Sequence[EvidencePassage]) -> EvidencePassage | None:
    marked = [passage for passage in evidence if passage.spans or passage.near_spans]
    named = [passage for passage in marked if passage.type]
    return next(iter((*named, *marked, *evidence)), None)


def _who(partner: Partner) -> str:
    """Name, post and place, as the records have them; a sample says that it is one."""
    post = partner.title if partner.kind is PartnerKind.EXPERT else ""
    place = partner.affiliation or (partner.region if partner.kind is PartnerKind.OVERSEAS else "")
    who = partner.name.strip(_STOPS) + post.strip(_STOPS)
    if place and not who.startswith(place):
        who += f"（{place.replace(_SAMPLE, '').strip(_STOPS)}）"
    return who.replace(_SAMPLE, "") + _SAMPLE if partner.sample else who


def _citation(passage: EvidencePassage) -> str:
    """Kind and title of a piece of evidence.

    Papers stand in 书名号, other evidence in quotation marks (GB/T 15834-2011).
    """
    if not passage.type:
        return "简介"
    title = _short(passage.title.strip(_STOPS))
    if not title:
        return f"{_ONE[passage.type]}{passage.type.label}"
    if title.startswith("《") and title.endswith("》"):
        return f"{passage.type.label}{title}"
    opening, closing = "《》" if passage.type is EvidenceType.PAPER else "“”"
    return f"{passage.type.label}{opening}{title.translate(_INNER_QUOTES)}{closing}"


def _short(title: str) -> str:
    """A title that is not too long for a sentence; a Latin word is not cut."""
    width = 0
    for position, character in enumerate(title):
        width += 1 if character.isascii() else 2
        if width > _TITLE_WIDTH:
            kept = title[:position]
            if character.isascii() and " " in kept and not character.isspace():
                kept = kept[: kept.rindex(" ")]
            return kept.rstrip(_STOPS) + ("…》" if title.startswith("《") else "…")
    return title


def _matching_words(passage: EvidencePassage) -> str:
    """The longest marked words, those of the query before those that mean the like.

    Units and words of any need are marked on a page but would look odd in a letter.
    """
    exact = list(_distinct(passage.text[a:b] for a, b in passage.spans))[:_WORDS_NAMED]
    near = list(_distinct(passage.text[a:b] for a, b in passage.near_spans))
    near = [word for word in near if fold(word) not in map(fold, exact)]
    near = near[: _WORDS_NAMED - len(exact)]
    if not near:
        return "、".join(exact)
    return f"{'、'.join(exact)}{'及' if exact else ''}与需求含义相近的{'、'.join(near)}"


def _distinct(marked: Iterable[str]) -> Iterator[str]:
    """Words once each, longest first, without those that stand in a longer one or say little."""
    kept: list[str] = []
    for word in sorted(dict.fromkeys(marked), key=lambda word: -len(word)):
        says_little = fold(word) in _SAYS_LITTLE or _UNIT.fullmatch(fold(word))
        if not says_little and not any(fold(word) in other for other in kept):
            kept.append(fold(word))
            yield word
