"""Stations and site types over HTTP."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.plain import existing_id
from api.schemas.stations import (
    AssessmentInput,
    SiteTypeInput,
    SiteTypeOut,
    StationChange,
    StationInput,
    StationOut,
    StationPage,
    StepInput,
)
from matcher.casework.stations import StationLevel, StationStatus
from matcher.desk import Desk, site_types, station_life, stations
from matcher.desk.station_forms import accepted, parse_assessment, parse_station, parse_step
from matcher.intake.results import Note
from matcher.people import Permission
from matcher.people.days import today
from matcher.store.stations import StationFilter

router = APIRouter(prefix="/stations", tags=["站点"])

StationId = Annotated[int, Path(ge=1, le=2**63 - 1, description="站点的编号")]
Year = Annotated[int, Path(ge=1900, le=9999, description="考核年度")]
TypeCode = Annotated[
    str, Path(max_length=40, description="类型的代码"), AfterValidator(existing_id)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which stations a request asks for."""

    type: Annotated[Search, Query(description="建站类型的代码")] = ""
    level: Annotated[Search, Query(description="级别，英文值或中文名")] = ""
    county: Annotated[Search, Query(description="县区")] = ""
    status: Annotated[Search, Query(description="状态，英文值或中文名")] = ""
    expiring: Annotated[bool, Query(description="只要 60 天内到期或到期未办理的")] = False
    q: Annotated[Search, Query(description="站点、企业或对象名称中的文字")] = ""

    @property
    def filter(self) -> StationFilter:
        """The same for the store.

        Raises:
            UnknownNameError: the level or the status is unknown.
        """
        return StationFilter(
            type=self.type,
            level=StationLevel.parse(self.level, field="level") if self.level else None,
            county=self.county,
            status=StationStatus.parse(self.status, field="status") if self.status else None,
            expiring=today() if self.expiring else None,
            text=self.q,
        )


@router.get("", summary="列出站点", responses=problems(422))
def list_all(
    desk: DeskDep, asked: Annotated[Asked, Depends()], offset: Offset = 0, limit: Limit = 50
) -> StationPage:
    """按签订日期从新到旧列出，可按类型、级别、县区、状态、是否将到期和文字筛选。"""
    found, total = stations.find(desk, asked.filter, offset=offset, limit=limit)
    day = today()
    items = [StationOut.of(line, day) for line in found]
    return StationPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建站点", responses=problems(404, 409, 413, 422))
def create(body: StationInput, desk: DeskDep, response: Response) -> StationOut:
    """建立一个站点。来自对接的，那条对接要已经签约，建站后变为“已建站”。"""
    desk.actor.require(Permission.EDIT)
    parsed = parse_station(body.values(), site_types.kinds(desk))
    station = stations.create(desk, accepted(parsed))
    response.headers["Location"] = f"{PREFIX}/stations/{station.id}"
    return _out(desk, station.id, parsed.notes)


@router.get("/types", summary="列出建站类型")
def list_types(desk: DeskDep) -> list[SiteTypeOut]:
    """先是固定的四种，再是本市添加的。"""
    return [SiteTypeOut.of(kind) for kind in site_types.kinds(desk).values()]


@router.post("/types", status_code=201, summary="添加建站类型", responses=problems(409, 413, 422))
def add_type(body: SiteTypeInput, desk: DeskDep) -> SiteTypeOut:
    """添加一种本市的建站类型，如博士创新站；需要管理权限。"""
    kind = site_types.add(desk, body.label, several_partners=body.several_partners)
    return SiteTypeOut.of(kind)


@router.put("/types/{code}", summary="修改建站类型", responses=problems(404, 409, 413, 422))
def change_type(code: TypeCode, body: SiteTypeInput, desk: DeskDep) -> SiteTypeOut:
    """修改一种由本市添加的类型；需要管理权限。"""
    kind = site_types.change(desk, code, body.label, several_partners=body.several_partners)
    return SiteTypeOut.of(kind)


@router.delete(
    "/types/{code}", status_code=204, summary="删除建站类型", responses=problems(404, 409)
)
def remove_type(code: TypeCode, desk: DeskDep) -> None:
    """删除一种由本市添加、没有站点使用的类型；需要管理权限。"""
    site_types.remove(desk, code)


@router.get("/{station_id}", summary="查看站点", responses=problems(404, 422))
def show(station_id: StationId, desk: DeskDep) -> StationOut:
    """一个站点的全部内容。"""
    return _out(desk, station_id)


@router.put("/{station_id}", summary="修改站点", responses=problems(404, 409, 413, 422))
def replace(station_id: StationId, body: StationChange, desk: DeskDep) -> StationOut:
    """整条修改；状态、考核和来自的对接不变。"""
    stations.check_editable(desk, station_id)
    parsed = parse_station(body.values(), site_types.kinds(desk))
    stations.change(desk, station_id, accepted(parsed), seen=body.version)
    return _out(desk, station_id, parsed.notes)


@router.post("/{station_id}/steps", summary="变更站点状态", responses=problems(404, 409, 413, 422))
def take_step(station_id: StationId, body: StepInput, desk: DeskDep) -> StationOut:
    """续签、标记到期或撤销。"""
    stations.check_editable(desk, station_id)
    parsed = parse_step(body.values())
    done = station_life.step(desk, station_id, accepted(parsed), seen=body.version)
    warned = [Note(field="ends_on", label="到期日期", message=note) for note in done.notes]
    return _out(desk, station_id, [*parsed.notes, *warned])


@router.put(
    "/{station_id}/assessments/{year}",
    summary="登记年度考核",
    responses=problems(404, 409, 413, 422),
)
def assess(station_id: StationId, year: Year, body: AssessmentInput, desk: DeskDep) -> StationOut:
    """登记或更正一个年度的考核得分。"""
    stations.check_editable(desk, station_id)
    parsed = parse_assessment(body.values() | {"year": year}, today=today())
    station_life.assess(desk, station_id, accepted(parsed), seen=body.version)
    return _out(desk, station_id, parsed.notes)


@router.delete(
    "/{station_id}/assessments/{year}", summary="删除年度考核", responses=problems(404, 409, 422)
)
def drop_assessment(
    station_id: StationId,
    year: Year,
    desk: DeskDep,
    version: Annotated[int, Query(ge=1, le=2**31, description="打开时看到的版本号")],
) -> StationOut:
    """删除登记错的一个年度的考核。"""
    station_life.drop_assessment(desk, station_id, year, seen=version)
    return _out(desk, station_id)


def _out(desk: Desk, station_id: int, notes: tuple[Note, ...] | list[Note] = ()) -> StationOut:
    return StationOut.of(stations.get(desk, station_id), today(), notes)
