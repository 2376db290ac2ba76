"""Enterprise associations over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.association_input import AssociationId, read_day, read_step, read_what
from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.saving import accepted
from api.schemas.association_figures import (
    CandidateOut,
    CandidatePage,
    CoverageOut,
    CoverageYear,
    ParkOut,
    TargetsInput,
)
from api.schemas.associations import (
    ActivityInput,
    AssociationChange,
    AssociationInput,
    AssociationOut,
    AssociationPage,
    AssociationSaved,
    AssociationShown,
    StepInput,
)
from matcher.casework.associations import AssociationKind, AssociationStatus
from matcher.desk import association_coverage, associations
from matcher.desk.association_checks import this_day
from matcher.desk.association_coverage import FIRST_YEAR, LAST_YEAR
from matcher.intake.associations import parse_association
from matcher.store.association_candidates import CandidateFilter, CandidateGroup
from matcher.store.associations import AssociationFilter

router = APIRouter(prefix="/associations", tags=["企业科协"])

_SUGGESTED = {
    CandidateGroup.ASSOCIATION: AssociationKind.ENTERPRISE,
    CandidateGroup.LIAISON: AssociationKind.LIAISON,
}

County = Annotated[Search, Query(description="县区")]
YearPath = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR, description="到这一年年底")]


@router.get("", summary="列出企业科协", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    kind: Annotated[
        Search,
        Query(description="组织类型", json_schema_extra={"enum": list(AssociationKind)}),
    ] = "",
    county: County = "",
    status: Annotated[
        Search,
        Query(description="组织状态", json_schema_extra={"enum": list(AssociationStatus)}),
    ] = "",
    q: Annotated[Search, Query(description="名称、企业、园区或负责人中的文字")] = "",
    enterprise_id: Annotated[Search, Query(description="企业编号")] = "",
    weak: Annotated[bool, Query(description="只列一强五有不全的")] = False,
    overdue: Annotated[bool, Query(description="只列会员大会逾期的")] = False,
    quiet: Annotated[bool, Query(description="只列长期没有活动的")] = False,
    offset: Offset = 0,
    limit: Limit = 50,
) -> AssociationPage:
    """新登记的在前。县级人员只看到本县区的。"""
    wanted = AssociationFilter(
        kind=AssociationKind.parse(kind, field="kind") if kind else None,
        county=county,
        status=AssociationStatus.parse(status, field="status") if status else None,
        text=q,
        weak=weak,
        overdue=overdue,
        quiet=quiet,
        enterprise_id=enterprise_id,
    )
    found = associations.find(desk, wanted, offset=offset, limit=limit)
    today = this_day()
    return AssociationPage(
        items=[AssociationOut.of(each, today) for each in found.associations],
        total=found.total,
        offset=offset,
        limit=limit,
    )


@router.post("", status_code=201, summary="登记企业科协", responses=problems(409, 413, 422))
def create(body: AssociationInput, desk: DeskDep, response: Response) -> AssociationSaved:
    """登记一个组织，新申请的或已经存在的。企业须已在库中。"""
    parsed = parse_association(body.record_values())
    made = associations.create(desk, accepted(parsed))
    response.headers["Location"] = f"{PREFIX}/associations/{made.id}"
    return AssociationSaved.saved(made, parsed.notes, this_day())


@router.get("/candidates", summary="适合建立企业科协或联络站的企业", responses=problems(422))
def candidates(
    desk: DeskDep,
    *,
    group: Annotated[
        CandidateGroup,
        Query(
            description="association 有 30 名以上科技人员；liaison 较少；unknown 人数不明，应核实"
        ),
    ] = CandidateGroup.ASSOCIATION,
    county: County = "",
    q: Annotated[Search, Query(description="企业、园区或行业中的文字")] = "",
    focus: Annotated[bool, Query(description="只列规上高新技术企业")] = False,
    offset: Offset = 0,
    limit: Limit = 50,
) -> CandidatePage:
    """还没有企业科协的企业，科技人员多的在前。"""
    wanted = CandidateFilter(county=county, text=q, policy_focus=focus)
    found = association_coverage.candidates(desk, group, wanted, offset=offset, limit=limit)
    kind = _SUGGESTED.get(group)
    return CandidatePage(
        items=[
            CandidateOut.suggest(firm, kind, found.offices.get(firm.id))
            for firm in found.enterprises
        ],
        total=found.total,
        offset=offset,
        limit=limit,
    )


@router.get("/candidates/parks", summary="适合建立园区科协的园区", responses=problems(422))
def candidate_parks(desk: DeskDep, *, county: County = "", q: Search = "") -> list[ParkOut]:
    """企业较多、还没有园区科协的园区，企业多的在前。"""
    wanted = CandidateFilter(county=county, text=q)
    return [ParkOut.model_validate(park) for park in association_coverage.parks(desk, wanted)]


@router.get("/coverage/{year}", summary="企业科协覆盖情况", responses=problems(422))
def coverage(year: YearPath, desk: DeskDep) -> CoverageYear:
    """到年底已成立、现在没有撤销的企业科协和园区科协，与目标对照。"""
    rows = association_coverage.covered(desk, year)
    return CoverageYear(year=year, items=[CoverageOut.of(row) for row in rows])


@router.put("/coverage/{year}", summary="设定目标", responses=problems(413, 422))
def set_targets(year: YearPath, body: TargetsInput, desk: DeskDep) -> CoverageYear:
    """只有管理员可以设定。"""
    association_coverage.change_targets(desk, year, body.targets)
    return coverage(year, desk)


@router.get("/{association_id}", summary="查看企业科协", responses=problems(404))
def show(association_id: AssociationId, desk: DeskDep) -> AssociationShown:
    """一个组织的全部内容和经历。"""
    return AssociationShown.opened(associations.open_association(desk, association_id), this_day())


@router.put("/{association_id}", summary="修改企业科协", responses=problems(404, 409, 413, 422))
def change(
    association_id: AssociationId, body: AssociationChange, desk: DeskDep
) -> AssociationSaved:
    """整条替换；状态不变。别人先改过的得到 409。"""
    parsed = parse_association(body.record_values())
    saved = associations.change(desk, association_id, accepted(parsed), seen=body.version)
    return AssociationSaved.saved(saved, parsed.notes, this_day())


@router.post("/{association_id}/steps", summary="变更状态", responses=problems(404, 409, 413, 422))
def step(association_id: AssociationId, body: StepInput, desk: DeskDep) -> AssociationOut:
    """申请中 → 已批复 → 已成立 → 不活跃 → 已撤销；不活跃的可以恢复，撤销的可以重新申请。"""
    then = AssociationStatus.parse(str(body.then), field="then")
    facts = read_step(body.values())
    saved = associations.step(desk, association_id, then, facts, seen=body.version)
    return AssociationOut.of(saved, this_day())


@router.post(
    "/{association_id}/activities", summary="登记活动", responses=problems(404, 409, 413, 422)
)
def note_activity(
    association_id: AssociationId, body: ActivityInput, desk: DeskDep
) -> AssociationOut:
    """登记一次活动，或会员大会。"""
    given = body.values()
    saved = associations.note_activity(
        desk,
        association_id,
        read_day(given, "on"),
        what=read_what(given),
        congress=body.congress,
        seen=body.version,
    )
    return AssociationOut.of(saved, this_day())


@router.delete(
    "/{association_id}",
    status_code=204,
    summary="删除登记错的申请",
    responses=problems(404, 409, 422),
)
def remove(
    association_id: AssociationId,
    desk: DeskDep,
    version: Annotated[int, Query(ge=0, le=10**9, description="看到的版本")],
) -> None:
    """只能删除申请中的；已批复的用“变更状态”撤销。"""
    associations.remove(desk, association_id, seen=version)
