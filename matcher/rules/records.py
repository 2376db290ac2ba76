"""What a site type asks of an enterprise, a partner and their agreement, and what was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from matcher.casework.stations import StationLevel
from matcher.records import LabelledEnum

FactValue: TypeAlias = bool | int | float | str


class Verdict(LabelledEnum):
    """What the known facts say of a condition."""

    PASS = "pass", "符合"
    FAIL = "fail", "不符合"
    UNKNOWN = "unknown", "待核实"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "核对结果"


class FactOwner(LabelledEnum):
    """Of whom a fact is known."""

    ENTERPRISE = "enterprise", "企业"
    PARTNER = "partner", "对象"
    PAIRING = "pairing", "合作"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "事实归属"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a condition asks for.

    Attributes:
        name: what the rules call it.
        label: its Chinese name.
        owner: of whom it is known.
        unit: 万元, 平方米, 人 …; empty where there is none.
        yes_no: whether the answer is yes or no; a number otherwise.
        derived: whether the library tells it by itself; else staff enter it.
        help: what exactly is asked, in Chinese; may be empty.
    """

    name: str
    label: str
    owner: FactOwner
    unit: str = ""
    yes_no: bool = False
    derived: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule stands: the document, with the address or the number by which it is found."""

    title: str
    number: str = ""
    issued: date | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one condition.

    `sentence` is Chinese and complete; `asks` are the facts that would settle an unknown one.
    One that is not `binding` is the rule of another place, for orientation: it excludes nobody.
    """

    condition: str
    verdict: Verdict
    sentence: str
    source: Source
    asks: tuple[Fact, ...] = ()
    binding: bool = True

    @property
    def counted(self) -> Verdict:
        """What it counts for: failing what is only for orientation is a thing to be looked into."""
        if self.verdict is Verdict.FAIL and not self.binding:
            return Verdict.UNKNOWN
        return self.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheck:
    """What is to be said of founding one type of site, at one level.

    `site_type` is the code; `level` is None where the rules make no difference.
    """

    site_type: str
    label: str
    level: StationLevel | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Fail if any binding condition fails, else unknown if anything is open, else pass."""
        return worst(finding.counted for finding in self.findings)

    @property
    def title(self) -> str:
        """Name of the type with the level, as staff say it."""
        return f"{self.label}（{self.level.label}）" if self.level else self.label

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The binding conditions that fail."""
        return tuple(each for each in self.findings if each.counted is Verdict.FAIL)

    @property
    def open(self) -> tuple[Finding, ...]:
        """What is still to be looked into."""
        return tuple(each for each in self.findings if each.counted is Verdict.UNKNOWN)

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The facts to ask for, each once."""
        asked = (fact for finding in self.findings for fact in finding.asks)
        return tuple(dict.fromkeys(asked))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Fail before unknown before pass; pass where there is none."""
    found = set(verdicts)
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        if verdict in found:
            return verdict
    return Verdict.PASS
