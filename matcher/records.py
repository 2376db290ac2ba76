"""The records that travel between packages, and the closed lists of the field.

Chinese administrative terms keep their Chinese name here, once, as the `label` of a member:
whatever shows one to a person asks for the label, whatever stores or sends one uses the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from matcher.errors import UnknownNameError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LabelledEnum(StrEnum):
    """A closed list whose members carry the Chinese term that people see."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member from its stored value and its Chinese label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list itself, for error messages."""
        return _LIST_NAMES[cls.__name__]

    @classmethod
    def parse(cls, text: str, *, field: str | None = None) -> Self:
        """Read a member from its value or its Chinese label.

        Args:
            text: what a person or a program wrote; case and outer blanks do not matter.
            field: name of the input field, for the error.

        Raises:
            UnknownNameError: `text` is neither a value nor a label of this list.
        """
        wanted = text.strip()
        for member in cls:
            if wanted.lower() == member.value or wanted == member.label:
                return member
        known = (f"{member.label}（{member.value}）" for member in cls)
        raise UnknownNameError(cls.term(), text, known, field=field)


class PartnerKind(LabelledEnum):
    """Who can be brought together with an enterprise."""

    EXPERT = "expert", "院士专家"
    SOCIETY = "society", "学会"
    INSTITUTE = "institute", "科研院所"
    OVERSEAS = "overseas", "海外科技社团"


class EvidenceType(LabelledEnum):
    """What shows that a partner knows a subject."""

    PAPER = "paper", "论文"
    PATENT = "patent", "专利"
    PROJECT = "project", "项目"
    SERVICE = "service", "服务"


class SiteType(LabelledEnum):
    """The lasting site that a good pairing founds (Wenzhou policy of 2017, article 6)."""

    ACADEMICIAN_WORKSTATION = "academician_workstation", "院士专家工作站"
    SOCIETY_STATION = "society_station", "学会服务站"
    OVERSEAS_BASE = "overseas_base", "海智基地工作站"
    INNOVATION_COMMUNITY = "innovation_community", "协同创新共同体"


class SolutionMode(LabelledEnum):
    """How the enterprise wants its need solved (解决方式)."""

    OWN = "own", "独立研发"
    COMMISSIONED = "commissioned", "委托研发"
    JOINT = "joint", "合作研发"
    OTHER = "other", "其他"


class TechField(LabelledEnum):
    """The twelve technology fields of China's need-collection forms (所属领域)."""

    ELECTRONICS = "electronics", "电子信息"
    OPTOMECHATRONICS = "optomechatronics", "光机电一体化"
    BIOTECH = "biotech", "生物技术与制药"
    MATERIALS = "materials", "新材料及应用"
    AGRICULTURE = "agriculture", "现代农业"
    ENERGY = "energy", "新能源与高效节能"
    ENVIRONMENT = "environment", "资源与环境"
    SERVICES = "services", "高技术服务业"
    MARINE = "marine", "海洋"
    PUBLIC = "public", "社会公共事业"
    HEALTH = "health", "医疗卫生"
    OTHER = "other", "其它"


class EnterpriseSize(LabelledEnum):
    """Size class of an enterprise (企业规模)."""

    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"


class Band(LabelledEnum):
    """How much the evidence says for a partner, from its calibrated probability (推荐档次)."""

    STRONG = "strong", "强推荐"
    GOOD = "good", "推荐"
    POSSIBLE = "possible", "可考虑"
    INSUFFICIENT = "insufficient", "证据不足"


_LIST_NAMES = {
    "PartnerKind": "对象类型",
    "EvidenceType": "证据类型",
    "SiteType": "建站类型",
    "SolutionMode": "解决方式",
    "TechField": "所属领域",
    "EnterpriseSize": "企业规模",
    "Band": "推荐档次",
}


class Side(StrEnum):
    """The two sides that are matched; each has an index of its own."""

    NEED = "need"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """An enterprise (企业) that has technical needs.

    `credit_code` is the unified social credit code (统一社会信用代码, GB 32100-2015),
    `industry_code` a four-digit class of GB/T 4754-2017.
    """

    id: str
    name: str
    credit_code: str = ""
    county: str = ""
    park: str = ""
    industry: str = ""
    industry_code: str = ""
    size: EnterpriseSize | None = None
    above_designated: bool | None = None
    high_tech: bool | None = None
    leading: bool | None = None
    staff_count: int | None = None
    st_staff_count: int | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A technical need (企业技术需求) as submitted; `budget` is in 万元."""

    id: str
    title: str = ""
    problem: str = ""
    indicators: str = ""
    goal: str = ""
    keywords: tuple[str, ...] = ()
    field: TechField | None = None
    industry: str = ""
    deadline: date | None = None
    budget: float | None = None
    solution_mode: SolutionMode | None = None
    intended_partner: str = ""
    wanted_site: SiteType | None = None
    enterprise_id: str | None = None
    county: str = ""
    submitted: date | None = None
    sample: bool = False

    @property
    def text(self) -> str:
        """Everything that says what is needed, a line each, title first."""
        parts = (self.title, self.problem, self.indicators, self.goal, " ".join(self.keywords))
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that shows what a partner knows: a paper, patent, project or service."""

    id: str
    type: EvidenceType
    title: str = ""
    text: str = ""
    year: int | None = None
    source: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Somebody who may solve a need: a profile plus evidence.

    `title` is the professional title (职称), `region` a province and city or a country.
    """

    id: str
    kind: PartnerKind
    name: str
    name_en: str = ""
    title: str = ""
    affiliation: str = ""
    region: str = ""
    website: str = ""
    disciplines: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    profile: str = ""
    evidence: tuple[Evidence, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a record's text, the unit that is embedded, indexed and shown as evidence.

    `id` is stable: it is never given to another text, in this or any later index.
    """

    id: int
    side: Side
    owner_id: str
    evidence_id: str | None
    text: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """What a search can be restricted by: the kind and region of the owner of passages.

    For a partner `kind` is its `PartnerKind` value; for a need it is the status and `region` the
    county.
    """

    id: str
    kind: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilter:
    """A restriction of a search. Empty means no restriction.

    `region` is a part of the owner's region: 温州 finds 浙江省温州市.
    """

    kinds: frozenset[str] = frozenset()
    region: str = ""
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that the views of one search found, each scored by every view.

    Attributes:
        passage_ids: shape (n,), int64.
        owners: shape (n,), int64, row of the passage's owner in `owner_ids`.
        owner_ids: ids of the owners, shape (m,).
        foreign: shape (n,), whether the passage is in another language than the query.
        scores: for each view its scores, shape (n,), float32, higher is nearer: cosines, and
            shares of an ideal BM25, less the hubness of the passage.
    """

    passage_ids: NDArray[np.int64]
    owners: NDArray[np.int64]
    owner_ids: tuple[str, ...]
    foreign: NDArray[np.bool_]
    scores: dict[str, NDArray[np.float32]]

    def __len__(self) -> int:
        """Number of candidate passages."""
        return len(self.passage_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredOwner:
    """One owner's place in a ranking, before its records are fetched from the store.

    `score` is the sum of `components`, what each view contributed; `standing` tells how many
    standard deviations it lies above the usual score of the owners found; `passage_ids` are the
    passages that earned the place, best first.
    """

    owner_id: str
    score: float
    standing: float
    components: dict[str, float]
    passage_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePassage:
    """A passage as shown to a person: where it comes from and which parts matched.

    `spans` are half-open character ranges of `text` that stand in the query, `near_spans` those of
    words that mean something like a word of the query; ascending and without overlap, also between
    the two.
    """

    evidence_id: str | None
    type: EvidenceType | None
    title: str
    year: int | None
    source: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()
    near_spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerMatch:
    """A partner recommended for a need.

    `probability` is that of being a right one, 0 to 1; `reason` is one Chinese sentence that says
    why, fit to be put into a letter.
    """

    rank: int
    partner: Partner
    score: float
    probability: float
    band: Band
    reason: str
    components: dict[str, float]
    evidence: tuple[EvidencePassage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """A partner's place in the ranking of a stored need, without its records.

    `probability` is that of being a right one; `passage_ids` are the passages that earned the
    place, best first.
    """

    partner_id: str
    probability: float
    score: float
    passage_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedNeed:
    """A stored need with its candidates, best first."""

    need_id: str
    candidates: tuple[RankedCandidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMatch:
    """A need found for a partner, or similar to another need."""

    rank: int
    need: Need
    score: float
    components: dict[str, float]
    evidence: tuple[EvidencePassage, ...]


Match = TypeVar("Match", PartnerMatch, NeedMatch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking(Generic[Match]):
    """An answer: the matches, best first, and how many owners were considered for them."""

    matches: tuple[Match, ...]
    considered: int
    model_id: str
    revision: int
    milliseconds: float
    warnings: tuple[str, ...] = ()
