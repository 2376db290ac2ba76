"""Questions and answers of matching."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, computed_field

from api.plain import existing_id, tidied
from api.schemas.needs import NeedOut
from api.schemas.out import label_of
from api.schemas.partners import PartnerSummary
from matcher.errors import InvalidInputError
from matcher.records import Band, EvidenceType, NeedMatch, PartnerKind, PartnerMatch, Ranking

_KINDS = {"enum": [kind.value for kind in PartnerKind]}
_COMPONENTS = Field(
    description="各路检索对得分的贡献，可以为负，合计为得分："
    "dense 语义，characters 字面，pairs 词组，agreement 佐证（几条证据一致）",
    examples=[{"dense": 1.42, "characters": 0.61, "pairs": 0.48, "agreement": 0.15}],
)
_SCORE = Field(description="得分，越高越好；只能在同一次结果内比较，不是概率", examples=[2.66])


Plain = Annotated[str, BeforeValidator(tidied)]
StoredId = Annotated[str, AfterValidator(existing_id)]


class MatchRequest(BaseModel):
    """要匹配的需求：库中需求的编号，或一段文字，二者给出其一。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "400A 塑壳断路器进线端温升超标，更换银氧化锡触头后仍不稳定",
                    "top": 5,
                    "kinds": ["expert", "institute"],
                    "region": "浙江省",
                },
                {"need_id": "2026-0001", "top": 10},
            ]
        },
    )

    need_id: StoredId | None = Field(None, description="库中需求的编号")
    text: Plain | None = Field(None, description="需求文字，至少一句话，最多 10000 字")
    title: Plain = Field("", description="需求文字的标题，可不填", max_length=200)
    top: int = Field(10, ge=1, le=100, description="最多返回几个对象")
    kinds: list[Annotated[Plain, Field(json_schema_extra=_KINDS)]] = Field(
        [], description="只要这些类型的对象；空为全部", max_length=20
    )
    region: Plain = Field(
        "", description="只要所在地区包含这段文字的对象，如“温州”", max_length=100
    )
    exclude: list[Plain] = Field([], description="排除的对象编号", max_length=1000)
    record: bool = Field(True, description="是否把这次问答记入库中")

    def question(self) -> str:
        """The text to match, empty when a stored need is asked for.

        Raises:
            InvalidInputError: both or neither of text and id are given, or a title without text.
        """
        if (self.text is None) == (self.need_id is None):
            raise InvalidInputError("need_id 与 text 要给出其中一个，且只给一个", field="text")
        if self.text is None:
            if self.title:
                raise InvalidInputError("title 只能与 text 一起给出", field="title")
            return ""
        return f"{self.title}\n{self.text}".strip()


class EvidencePassageOut(BaseModel):
    """作为依据的一段文字。"""

    model_config = ConfigDict(from_attributes=True)

    evidence_id: str | None = Field(description="证据编号；取自简介时为空")
    type: EvidenceType | None
    title: str
    year: int | None
    source: str
    text: str
    spans: list[tuple[int, int]] = Field(
        description="text 中与需求相同的词的位置，[起, 止)，按 Unicode 码位计，从 0 起"
    )
    near_spans: list[tuple[int, int]] = Field(
        description="text 中与需求的词含义相近的词的位置，写法同 spans，与 spans 不重叠；"
        "只在前几名对象中标出"
    )

    @computed_field
    def type_label(self) -> str | None:
        """证据类型的中文名。"""
        return label_of(self.type)


class PartnerMatchOut(BaseModel):
    """一个推荐对象及其依据。"""

    model_config = ConfigDict(from_attributes=True)

    rank: int
    partner: PartnerSummary
    score: float = _SCORE
    probability: float = Field(
        description="该对象确实合适的概率，由得分、领先幅度和需求文字校准得出",
        ge=0,
        le=1,
        examples=[0.86],
    )
    band: Band = Field(description="推荐档次，由概率划分", examples=["strong"])
    reason: str = Field(
        description="推荐理由，一句话，只用库中的事实，可直接写进函件",
        examples=[
            "张××教授（××大学）2019年的论文《电接触材料熔焊特性》涉及银氧化锡、触头、温升，"
            "与贵企业的需求直接相关，建议优先对接。"
        ],
    )
    components: dict[str, float] = _COMPONENTS
    evidence: list[EvidencePassageOut]

    @computed_field
    def band_label(self) -> str:
        """推荐档次的中文名。"""
        return self.band.label


class NeedMatchOut(BaseModel):
    """找到的一条需求及其依据。"""

    model_config = ConfigDict(from_attributes=True)

    rank: int
    need: NeedOut
    score: float = _SCORE
    components: dict[str, float] = _COMPONENTS
    evidence: list[EvidencePassageOut]


class Answer(BaseModel):
    """What every answer says about itself."""

    model_config = ConfigDict(from_attributes=True)

    considered: int = Field(description="参与排序的候选数")
    model_id: str = Field(description="所用的语义模型")
    revision: int = Field(description="所用数据的版本号")
    milliseconds: float = Field(description="用时，毫秒")
    warnings: list[str] = Field(description="需要注意的情况")


class MatchAnswer(Answer):
    """推荐对象，最好的在前。"""

    need_id: str | None = None
    run_id: int | None = Field(None, description="问答记录的编号；没有记录时为空")
    matches: list[PartnerMatchOut]

    @classmethod
    def of(
        cls,
        ranking: Ranking[PartnerMatch],
        *,
        need_id: str | None,
        run_id: int | None,
        warnings: Sequence[str] = (),
    ) -> Self:
        """The response for a ranking; `warnings` come after those of the ranking."""
        answer = cls.model_validate(ranking)
        told = [*answer.warnings, *warnings]
        return answer.model_copy(update={"need_id": need_id, "run_id": run_id, "warnings": told})


class NeedAnswer(Answer):
    """找到的需求，最好的在前。"""

    matches: list[NeedMatchOut]

    @classmethod
    def of(cls, ranking: Ranking[NeedMatch]) -> Self:
        """The response for a ranking."""
        return cls.model_validate(ranking)
