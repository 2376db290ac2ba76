"""Monthly plans in requests and responses."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, computed_field

from api.plain import storable
from api.schemas.out import label_of
from api.schemas.pairings import PairingOut
from matcher.casework.plans import Mark, PairState, ProposedSite, UnmetReason
from matcher.casework.stations import StationLevel
from matcher.desk.plan_overview import PlanCard, PlanSummary
from matcher.desk.plan_views import LoadLine, PairLine, UnmetLine
from matcher.pairing.records import PlanFigures, WantedKind
from matcher.planning.jobs import Job, JobState
from matcher.planning.settings import MOST_PARTNERS, MOST_SECONDS
from matcher.ranking.calibration import band_of
from matcher.records import Band, Enterprise, Need, PartnerKind
from matcher.rules.records import Verdict


def _wanted(given: object) -> object:
    return WantedKind.parse(given, field="wanted_kind") if isinstance(given, str) else given


class PlanInput(BaseModel):
    """生成月度方案。没有给出的设置，按设置文件。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"month": "2026-11"}]}
    )

    month: Annotated[str, AfterValidator(storable)] = Field(
        description="月份，如 2026-11", max_length=20
    )
    partners_per_need: int | None = Field(
        None, description="每条需求最多几个对象", ge=1, le=MOST_PARTNERS
    )
    wanted_kind: Annotated[WantedKind | None, BeforeValidator(_wanted)] = Field(
        None, description="意向类型：required 必须满足，preferred 尽量满足"
    )
    time_limit: float | None = Field(
        None, description="计算最多用多少秒", ge=0, le=MOST_SECONDS, allow_inf_nan=False
    )


class JobOut(BaseModel):
    """正在生成、或最近一次生成的方案。"""

    model_config = ConfigDict(from_attributes=True)

    month: str
    by: str = Field(description="谁在生成")
    state: JobState
    started_at: datetime
    step: str = Field(description="现在的步骤")
    done: int
    total: int
    plan_id: int | None = Field(description="做好的方案的编号")
    error: str = Field(description="没有生成的原因")
    constraints: list[str] = Field(description="没有可行方案时：受到哪些限制")
    changes: list[str] = Field(description="没有可行方案时：最少要怎样调整")

    @computed_field
    def state_label(self) -> str:
        """状态的中文名。"""
        return self.state.label

    @classmethod
    def of(cls, job: Job) -> Self:
        """The response for a job."""
        return cls.model_validate(job)


class FiguresOut(BaseModel):
    """一种配法的数字。"""

    model_config = ConfigDict(from_attributes=True)

    quality: float = Field(description="推荐概率合计")
    pairs: int = Field(description="配对数")
    needs_served: int = Field(description="有对象的需求数")
    wanted_met: int = Field(description="配上意向类型对象的需求数")
    overloaded: int = Field(description="超出每年可对接数的对象数")
    counties_empty: int = Field(description="有合适的对象、却一条需求也没有配上的县区数")

    @classmethod
    def of(cls, figures: PlanFigures | None) -> Self | None:
        """The response for figures."""
        return None if figures is None else cls.model_validate(figures)


class PlanOut(BaseModel):
    """一个月度方案；县级只计本县区。"""

    id: int
    month: str
    is_latest: bool = Field(description="是不是这个月最新的方案")
    batch_id: int | None = Field(description="由哪个批次做出")
    made_at: datetime
    made_by: str
    model_id: str
    revision: int = Field(description="资料库的版本")
    pairs: int = Field(description="配对数")
    proposed: int = Field(description="待决定的配对数")
    adopted: int = Field(description="已采纳的配对数")
    dropped: int = Field(description="记为不合适的配对数")
    needs_served: int = Field(description="有对象的需求数")
    unmet: int = Field(description="没有配上对象的需求数")

    @classmethod
    def of(cls, card: PlanCard, **more: Any) -> Self:  # noqa: ANN401 - further fields
        """The response for a plan."""
        plan = card.plan
        return cls(
            id=plan.id,
            month=plan.month,
            is_latest=card.is_latest,
            batch_id=plan.batch_id,
            made_at=plan.made_at,
            made_by=plan.made_by,
            model_id=plan.model_id,
            revision=plan.revision,
            pairs=card.pairs,
            proposed=card.states[PairState.PROPOSED],
            adopted=card.states[PairState.ADOPTED],
            dropped=card.states[PairState.DROPPED],
            needs_served=card.needs_served,
            unmet=card.unmet,
            **more,
        )


class PlanDetail(PlanOut):
    """一个月度方案、它的设置，以及与逐条挑选、各取最前的比较。比较只给市级。"""

    settings: dict[str, Any] = Field(description="方案设置")
    figures: FiguresOut | None = Field(description="本方案")
    greedy: FiguresOut | None = Field(description="逐条挑选，留意每年可对接数")
    naive: FiguresOut | None = Field(description="每条需求都取排在最前的对象")
    sentences: list[str] = Field(description="比较的结论")

    @classmethod
    def of_summary(cls, summary: PlanSummary) -> Self:
        """The response for a plan with what it amounts to."""
        return cls.of(
            summary.card,
            settings=summary.settings.as_json(),
            figures=FiguresOut.of(summary.figures),
            greedy=FiguresOut.of(summary.greedy),
            naive=FiguresOut.of(summary.naive),
            sentences=list(summary.sentences),
        )


class PlanPage(BaseModel):
    """一页方案。"""

    items: list[PlanOut]
    total: int = Field(description="总数")
    offset: int
    limit: int


class SiteOut(BaseModel):
    """这一对适合建立的一类站点。"""

    model_config = ConfigDict(from_attributes=True)

    code: str
    label: str
    level: StationLevel | None
    verdict: Verdict
    missing: list[str] = Field(description="还要核实的事项")

    @computed_field
    def verdict_label(self) -> str:
        """核对结果的中文名。"""
        return self.verdict.label

    @computed_field
    def level_label(self) -> str | None:
        """级别的中文名。"""
        return label_of(self.level)

    @classmethod
    def of(cls, site: ProposedSite) -> Self:
        """The response for a type of site."""
        return cls.model_validate(site)


class _OfNeed(BaseModel):
    """What is said of a need and its enterprise."""

    need_id: str
    need_title: str
    county: str
    enterprise_id: str | None
    enterprise_name: str


def _of_need(need: Need, firm: Enterprise | None) -> dict[str, Any]:
    return {
        "need_id": need.id,
        "need_title": need.title,
        "county": need.county,
        "enterprise_id": need.enterprise_id,
        "enterprise_name": firm.name if firm else "",
    }


class PlanPairOut(_OfNeed):
    """方案提出的一对。"""

    partner_id: str
    partner_name: str
    partner_kind: PartnerKind
    affiliation: str
    rank: int = Field(description="在这条需求的对象中排第几")
    probability: float = Field(description="推荐概率；指定而没有匹配到的为 0")
    band: Band
    reason: str
    pinned: bool = Field(description="是不是工作人员指定的")
    sites: list[SiteOut] = Field(description="适合建立的站点，最合适的在前")
    state: PairState
    decided_at: datetime | None
    decided_by: str
    pairing: PairingOut | None = Field(description="双方的对接；还没有时为空")
    mark: Mark | None = Field(description="指定或排除，下次生成方案时生效")
    active: int = Field(description="该对象今年的对接数")
    planned: int = Field(description="本方案还要安排给它的")
    yearly: int = Field(description="该对象每年可对接的")

    @computed_field
    def state_label(self) -> str:
        """决定的中文名。"""
        return self.state.label

    @computed_field
    def band_label(self) -> str:
        """推荐档次的中文名。"""
        return self.band.label

    @computed_field
    def partner_kind_label(self) -> str:
        """对象类型的中文名。"""
        return self.partner_kind.label

    @computed_field
    def mark_label(self) -> str | None:
        """标记的中文名。"""
        return label_of(self.mark)

    @classmethod
    def of(cls, need: Need, firm: Enterprise | None, line: PairLine) -> Self:
        """The response for a pair."""
        pair, partner = line.pair, line.partner
        return cls(
            **_of_need(need, firm),
            partner_id=partner.id,
            partner_name=partner.name,
            partner_kind=partner.kind,
            affiliation=partner.affiliation,
            rank=pair.rank,
            probability=pair.probability,
            band=band_of(pair.probability),
            reason=pair.reason,
            pinned=pair.pinned,
            sites=[SiteOut.of(site) for site in pair.sites],
            state=pair.state,
            decided_at=pair.decided_at,
            decided_by=pair.decided_by,
            pairing=PairingOut.of(line.pairing) if line.pairing else None,
            mark=line.mark.mark if line.mark else None,
            active=line.load.active,
            planned=line.load.planned,
            yearly=line.load.yearly,
        )


class PlanPairPage(BaseModel):
    """一页配对。"""

    items: list[PlanPairOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class UnmetOut(_OfNeed):
    """没有配上对象的一条需求。"""

    reason: UnmetReason
    told: str = Field(description="进一步的说明")
    field: str | None = Field(description="所属领域的中文名")
    keywords: list[str] = Field(description="关键词，即缺少的专长")
    nearest_id: str = Field(description="最接近的对象的编号")
    nearest_name: str
    probability: float = Field(description="最接近的对象的推荐概率")

    @computed_field
    def reason_label(self) -> str:
        """原因的中文名。"""
        return self.reason.label

    @classmethod
    def of(cls, line: UnmetLine) -> Self:
        """The response for an unmet need."""
        return cls(
            **_of_need(line.need, line.enterprise),
            reason=line.unmet.reason,
            told=line.unmet.told,
            field=label_of(line.need.field),
            keywords=list(line.need.keywords),
            nearest_id=line.nearest.id if line.nearest else "",
            nearest_name=line.nearest.name if line.nearest else "",
            probability=line.unmet.best,
        )


class UnmetPage(BaseModel):
    """一页没有配上对象的需求。"""

    items: list[UnmetOut]
    total: int
    offset: int
    limit: int


class LoadOut(BaseModel):
    """方案中的一个对象和它的对接数。"""

    partner_id: str
    partner_name: str
    partner_kind: PartnerKind
    pairs: int = Field(description="方案提出的配对数；县级只计本县区")
    active: int = Field(description="今年的对接数")
    planned: int = Field(description="本方案还要安排给它的")
    yearly: int = Field(description="每年可对接的")
    is_known: bool = Field(description="“每年可对接”是资料里填的，还是按类型推定的")
    is_over: bool = Field(description="是不是超出")

    @classmethod
    def of(cls, line: LoadLine) -> Self:
        """The response for a partner."""
        return cls(
            partner_id=line.partner.id,
            partner_name=line.partner.name,
            partner_kind=line.partner.kind,
            pairs=line.pairs,
            active=line.load.active,
            planned=line.load.planned,
            yearly=line.load.yearly,
            is_known=line.load.is_known,
            is_over=line.load.is_over,
        )


class LoadPage(BaseModel):
    """一页对象。"""

    items: list[LoadOut]
    total: int
    offset: int
    limit: int
