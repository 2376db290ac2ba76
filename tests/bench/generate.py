"""Made-up directories and needs of any size, for measuring.

    python -m tests.bench.generate --partners 100000 --texts FOLDER --out partners.jsonl

A record depends on the seed and its number alone, so a smaller directory is the beginning of a
larger one. A partner has its subject: a few abstracts that share keywords, whose sentences its
passages recombine. So there are neighbourhoods, as in a real directory, and no two partners alike.
"""

import argparse
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from matcher.records import Evidence, EvidenceType, Need, Partner, PartnerKind, TechField
from tests.bench.texts import Texts, read_texts

SHORTEST, LONGEST = 170, 200
"""Characters of a Chinese passage, its title included."""
_ENGLISH = 2.5
"""So many times as many characters say the same in English."""
_TITLE = 24
_KINDS = {
    PartnerKind.EXPERT: 0.70,
    PartnerKind.SOCIETY: 0.12,
    PartnerKind.INSTITUTE: 0.15,
    PartnerKind.OVERSEAS: 0.03,
}
_REGIONS = {
    "浙江省温州市": 15,
    "浙江省杭州市": 20,
    "浙江省宁波市": 8,
    "浙江省台州市": 4,
    "上海市": 14,
    "江苏省南京市": 9,
    "北京市": 15,
    "广东省深圳市": 6,
    "湖北省武汉市": 5,
    "陕西省西安市": 4,
}
_COUNTRIES = ("美国", "德国", "日本", "英国", "新加坡", "意大利", "澳大利亚")
_COUNTIES = ("鹿城区", "龙湾区", "瓯海区", "洞头区", "瑞安市", "乐清市", "龙港市", "永嘉县")
_PROFESSIONAL_TITLES = ("教授", "研究员", "副教授", "高级工程师")
_FIRST_DAY = date(2026, 1, 5)


def partners(texts: Texts, count: int, seed: int = 0) -> Iterator[Partner]:
    """So many partners of 3 to 5 passages each, 4 in the mean, one after the other."""
    return (_partner(texts, number, seed) for number in range(count))


def needs(texts: Texts, count: int, seed: int = 0) -> Iterator[Need]:
    """So many needs: first those of the texts themselves, then recombined ones."""
    return (_need(texts, number, seed) for number in range(count))


def _partner(texts: Texts, number: int, seed: int) -> Partner:
    chance = random.Random(f"partner-{seed}-{number}")
    kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
    overseas, expert = kind is PartnerKind.OVERSEAS, kind is PartnerKind.EXPERT
    passages = chance.randint(3, 5)
    home = _english_home(texts, chance) if overseas else _chinese_home(texts, chance)
    # The profile of an organization is a passage, that of a person is left out.
    evidence = tuple(
        _evidence(f"e{place}", home, chance, english=overseas)
        for place in range(passages if expert else passages - 1)
    )
    return Partner(
        id=f"P{number:07}",
        kind=kind,
        name=f"示例{kind.label}{number:07}",
        name_en=f"Sample Society {number:07}" if overseas else "",
        title=chance.choice(_PROFESSIONAL_TITLES) if expert else "",
        affiliation=f"示例大学{number % 997}" if expert else "",
        region=chance.choice(_COUNTRIES)
        if overseas
        else chance.choices(list(_REGIONS), list(_REGIONS.values()))[0],
        languages=("en",) if overseas else ("zh",),
        profile="" if expert else _body(home, 0, chance, english=overseas),
        evidence=evidence,
        sample=True,
    )


def _evidence(key: str, home: list[str], chance: random.Random, *, english: bool) -> Evidence:
    title = _shortened(chance.choice(home), _TITLE * (3 if english else 1), english=english)
    return Evidence(
        id=key,
        type=chance.choice(list(EvidenceType)),
        title=title,
        text=_body(home, len(title) + 1, chance, english=english),
        year=chance.randint(2008, 2025),
        source="示例数据",
    )


def _need(texts: Texts, number: int, seed: int) -> Need:
    chance = random.Random(f"need-{seed}-{number}")
    title, problem = texts.needs[number % len(texts.needs)]
    if number >= len(texts.needs):
        _, other = chance.choice(texts.needs)
        problem = f"{_half(problem, first=True)}{_half(other, first=False)}"
    return Need(
        id=f"N{number:07}",
        title=title,
        problem=problem,
        field=chance.choice(list(TechField)),
        county=_COUNTIES[number % len(_COUNTIES)],
        submitted=_FIRST_DAY + timedelta(days=number % 300),
        sample=True,
    )


def _chinese_home(texts: Texts, chance: random.Random) -> list[str]:
    """Sentences of three abstracts on one subject."""
    first = chance.randrange(len(texts.chinese))
    second = texts.neighbour(first, chance)
    return [*texts.chinese[first], *texts.chinese[second], *_third(texts, first, chance)]


def _third(texts: Texts, first: int, chance: random.Random) -> tuple[str, ...]:
    return texts.chinese[texts.neighbour(first, chance)]


def _english_home(texts: Texts, chance: random.Random) -> list[str]:
    return [part for _ in range(3) for part in chance.choice(texts.english)]


def _body(home: list[str], used: int, chance: random.Random, *, english: bool) -> str:
    """Sentences of a partner's subject in random order, as long as a passage has room for."""
    factor, between = (_ENGLISH, " ") if english else (1, "")
    room = chance.randint(int(SHORTEST * factor), int(LONGEST * factor)) - used
    body = ""
    while len(body) < room:  # a short home is said again in another order
        for sentence in chance.sample(home, len(home)):
            body = f"{body}{between}{sentence}" if body else sentence
            if len(body) >= room:
                break
    return _shortened(body, room, english=english)


def _shortened(text: str, longest: int, *, english: bool) -> str:
    """The beginning of a text, ending with a whole word where words have spaces between them."""
    if len(text) <= longest:
        return text
    cut = text[:longest]
    return cut.rsplit(" ", 1)[0] if english else cut


def _half(text: str, *, first: bool) -> str:
    """The sentences of one half of a text."""
    parts = [part for part in text.split("。") if part]
    middle = (len(parts) + 1) // 2
    return "".join(f"{part}。" for part in (parts[:middle] if first else parts[middle:]))


def write_partners(records: Iterable[Partner], path: Path) -> None:
    """Write partners as `matcher import partners` reads them, one at a time."""
    _write(map(asdict, records), path)


def write_needs(records: Iterable[Need], path: Path) -> None:
    """Write needs as `matcher import needs` reads them; each county has one enterprise."""
    _write(
        ({**asdict(need), "enterprise_name": f"示例企业{need.county}"} for need in records), path
    )


def _write(rows: Iterable[dict[str, Any]], path: Path) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        for row in rows:
            told = {key: value for key, value in row.items() if value not in ("", None, ())}
            file.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")
    unfinished.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a made-up directory.")
    parser.add_argument("--partners", type=int, default=10_000)
    parser.add_argument("--needs", type=int, default=0, help="write so many needs instead")
    parser.add_argument("--texts", type=Path, help="folder with abstracts.jsonl; else the demo")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    texts = read_texts(asked.texts)
    if asked.needs:
        write_needs(needs(texts, asked.needs, asked.seed), asked.out)
    else:
        write_partners(partners(texts, asked.partners, asked.seed), asked.out)


if __name__ == "__main__":
    main()
