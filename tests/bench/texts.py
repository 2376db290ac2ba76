"""The texts that generated records are put together from: sentences of abstracts, and needs."""

import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.settings import data_folder

Sentences = tuple[str, ...]

_END = re.compile(r"(?<=[。；！？])|(?<=[a-z\d]{2}\.)\s+(?=[A-Z])")
_DOTTED = re.compile(r"(?<=[一-鿿])\.")
_PARTNERS = ("experts.jsonl", "institutes.jsonl", "societies.jsonl", "overseas.jsonl")
_SHORTEST, _LONGEST = 12, 240
_SHORTEST_ENGLISH, _LONGEST_ENGLISH = 30, 480


@dataclass(frozen=True, slots=True)
class Texts:
    """What is recombined.

    Attributes:
        chinese: abstracts in their sentences.
        kin: for each Chinese abstract others on the same subject, by position.
        english: abstracts in their sentences.
        needs: title and text of technical needs.
    """

    chinese: Sequence[Sentences]
    kin: Sequence[Sequence[int]]
    english: Sequence[Sentences]
    needs: Sequence[tuple[str, str]]

    def neighbour(self, abstract: int, random: random.Random) -> int:
        """Another abstract on the subject of one, any other where there is none."""
        kin = self.kin[abstract]
        return random.choice(kin) if kin else random.randrange(len(self.chinese))


def read_texts(folder: Path | None = None) -> Texts:
    """The texts of a folder; what it lacks, and without a folder all, comes from the demo.

    A folder has `abstracts.jsonl` (`abstract`, `keywords`, `discipline`), and may have
    `parallel.jsonl` (`en`: an English abstract) and `needpairs.jsonl` (`title`, `text`).

    Raises:
        FileNotFoundError: there is no `abstracts.jsonl` in the folder.
    """
    demo = data_folder() / "demo"
    if folder is None:
        rows = [(body, keys) for body, keys in _demo_bodies(demo) if not _is_english(body)]
    else:
        rows = [(row["abstract"], _subjects(row)) for row in _rows(folder, "abstracts")]
    english = [row["en"] for row in _rows_if_any(folder, "parallel")]
    english = english or [body for body, _ in _demo_bodies(demo) if _is_english(body)]
    needs = [(row["title"], row["text"]) for row in _rows_if_any(folder, "needpairs")]
    needs = needs or [(row["title"], row["problem"]) for row in _rows(demo, "needs")]
    kept = [(cut, keys) for body, keys in rows if (cut := _sentences(body, _SHORTEST, _LONGEST))]
    return Texts(
        chinese=[cut for cut, _ in kept],
        kin=_kin([keys for _, keys in kept]),
        english=[
            cut
            for body in english
            if (cut := _sentences(body, _SHORTEST_ENGLISH, _LONGEST_ENGLISH))
        ],
        needs=needs,
    )


def _demo_bodies(demo: Path) -> Iterator[tuple[str, Sequence[str]]]:
    """Texts of the demo directory, each with the disciplines of its partner."""
    for name in _PARTNERS:
        for row in _rows(demo, name.removesuffix(".jsonl")):
            disciplines = row.get("disciplines", ())
            own = (row.get("profile", ""), *(item["text"] for item in row.get("evidence", ())))
            yield from ((body, disciplines) for body in own if body)


def _subjects(row: dict[str, Any]) -> tuple[str, ...]:
    """Keywords of an abstract, and its discipline where it is known."""
    return (*(row.get("keywords") or ()), *filter(None, [row.get("discipline")]))


def _kin(keywords: Sequence[Sequence[str]]) -> list[list[int]]:
    """For each abstract the others that share a keyword; few suffice."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, keys in enumerate(keywords):
        for key in keys:
            holders[key].append(at)
    return [
        list(dict.fromkeys(o for key in keys for o in holders[key][:20] if o != at))[:20]
        for at, keys in enumerate(keywords)
    ]


def _sentences(body: str, shortest: int, longest: int) -> Sentences:
    cut = (part.strip() for part in _END.split(_DOTTED.sub("。", body)))
    return tuple(part for part in cut if shortest <= len(part) <= longest)


def _is_english(body: str) -> bool:
    return body.isascii() or sum(map(str.isascii, body)) > 0.9 * len(body)


def _rows_if_any(folder: Path | None, name: str) -> list[dict[str, Any]]:
    if folder is None or not _find(folder, name):
        return []
    return _rows(folder, name)


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    path = _find(folder, name)
    if path is None:
        raise FileNotFoundError(f"{folder} has no {name}.jsonl")
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _find(folder: Path, name: str) -> Path | None:
    found = (folder / f"{name}.jsonl{suffix}" for suffix in ("", ".xz"))
    return next((path for path in found if path.exists()), None)
