"""Questions and answers of screening."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.match import Plain, StoredId
from api.schemas.needs import NeedSummary, SimilarNeedOut
from matcher.errors import InvalidInputError
from matcher.screener import CommonNeedGroup, Screening
from matcher.screening.classifier import Suggestion


class ScreenRequest(BaseModel):
    """要筛选的需求：库中需求的编号，或一段文字，二者给出其一。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "塑壳断路器触头温升偏高",
                    "text": "400A 塑壳断路器进线端温升超标，更换银氧化锡触头后仍不稳定",
                },
                {"need_id": "2026-0001"},
            ]
        },
    )

    need_id: StoredId | None = Field(
        None, description="库中需求的编号；它自己不算相似需求，已有的关键词不再推荐"
    )
    text: Plain | None = Field(None, description="需求文字，至少一句话，最多 10000 字")
    title: Plain = Field("", description="需求文字的标题，可不填", max_length=200)

    def question(self) -> str:
        """The text to screen, empty when a stored need is asked for.

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


class SuggestionOut(BaseModel):
    """名单中的一项，以及系统有多大把握。"""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(
        description="领域为英文值，学科为名称，行业为 GB/T 4754-2017 代码", examples=["C38"]
    )
    label: str = Field(description="中文名", examples=["电气机械和器材制造业"])
    confidence: float = Field(description="正是这一项的概率", ge=0, le=1, examples=[0.86])
    confident: bool = Field(description="把握足够大，可以预先填上；只有第一项可能为真")


class KeywordOut(BaseModel):
    """推荐的一个关键词。"""

    model_config = ConfigDict(from_attributes=True)

    text: str = Field(description="关键词，写法与原文相同", examples=["银氧化锡触头"])
    probability: float = Field(
        description="论文作者会把它列为关键词的概率，一般不高，只用来排先后", ge=0, le=1
    )


class ScreenAnswer(BaseModel):
    """对一条需求的初步判断，都由人核定；各名单最多三项，可能性大的在前，看不出时为空。"""

    need_id: str | None = None
    fields: list[SuggestionOut] = Field(description="所属领域")
    disciplines: list[SuggestionOut] = Field(description="学科")
    industries: list[SuggestionOut] = Field(description="应用行业，大类，如 C38")
    industry_groups: list[SuggestionOut] = Field(
        description="应用行业，中类，如 C382；单独判断，第一项不一定属于 industries 的第一项"
    )
    keywords: list[KeywordOut] = Field(description="推荐的关键词，最多五个，好的在前")
    similar: list[SimilarNeedOut] = Field(
        description="库中看来重复或属于同一问题的需求，最像的在前"
    )
    doubtful: bool = Field(description="文字不太像技术需求，可能是投错的内容，请核对")
    warnings: list[str] = Field(description="需要注意的情况")

    @classmethod
    def of(cls, screening: Screening, *, need_id: str | None, warnings: tuple[str, ...]) -> Self:
        """The response for a screening."""
        classified = screening.classification
        return cls(
            need_id=need_id,
            fields=_suggestions(classified.fields),
            disciplines=_suggestions(classified.disciplines),
            industries=_suggestions(classified.industries),
            industry_groups=_suggestions(classified.industry_groups),
            keywords=[KeywordOut.model_validate(keyword) for keyword in screening.keywords],
            similar=[SimilarNeedOut.of(similar) for similar in screening.similar],
            doubtful=screening.doubtful,
            warnings=list(warnings),
        )


class CommonNeedOut(BaseModel):
    """一个共性需求：几家企业说的是同一个问题。"""

    label: list[str] = Field(description="概括这组需求的词", examples=[["触头", "温升"]])
    cohesion: float = Field(
        description="组内任意两条需求属于同一问题的平均概率", ge=0, le=1, examples=[0.83]
    )
    enterprise_count: int = Field(description="企业数，不明企业不计", ge=2)
    enterprise_ids: list[str] = Field(description="企业的编号")
    needs: list[NeedSummary] = Field(description="组内的需求，最典型的在前")

    @classmethod
    def of(cls, common: CommonNeedGroup) -> Self:
        """The response for a group."""
        return cls(
            label=list(common.group.label),
            cohesion=common.group.cohesion,
            enterprise_count=len(common.group.enterprises),
            enterprise_ids=list(common.group.enterprises),
            needs=[NeedSummary.of(need) for need in common.needs],
        )


class CommonNeedsAnswer(BaseModel):
    """库中的共性需求，企业多的在前。"""

    tells_problems: bool = Field(
        description="当前的语义模型能否判断同一问题；不能时 groups 为空，不代表没有共性需求"
    )
    groups: list[CommonNeedOut]
    warnings: list[str] = Field(description="需要注意的情况")


def _suggestions(found: tuple[Suggestion, ...]) -> list[SuggestionOut]:
    return [SuggestionOut.model_validate(each) for each in found]
