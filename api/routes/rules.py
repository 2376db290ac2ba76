"""Rules of site types, and the check of a need with a partner, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import DeskDep
from api.openapi import problems
from api.parameters import RecordId, Search
from api.plain import storable
from api.schemas.rules import FactsInput, PairCheckOut, RulesOut
from matcher.desk import site_checks, site_facts
from matcher.people import Permission
from matcher.people.days import today

router = APIRouter(tags=["建站规则"])

PartnerId = Annotated[Search, Query(description="对象的编号", min_length=1)]


@router.get("/rules", summary="列出建站规则")
def list_all(desk: DeskDep) -> RulesOut:
    """各建站类型的条件，每一条的出处、地区和有效日期，以及条件要核对的事项。"""
    desk.actor.require(Permission.READ)
    return RulesOut.of(site_checks.rules_of(desk.matcher.home), today())


@router.get("/needs/{need_id:path}/sites", summary="核对建站条件", responses=problems(404, 422))
def check(need_id: RecordId, partner: PartnerId, desk: DeskDep) -> PairCheckOut:
    """一条需求和一个对象可以建哪些站，每一条条件符合、不符合还是待核实，还要了解什么。"""
    desk.actor.require(Permission.READ)
    return _checked(desk, need_id, partner)


@router.put(
    "/needs/{need_id:path}/sites",
    summary="填写建站条件的情况",
    responses=problems(403, 404, 409, 413, 422),
)
def note(need_id: RecordId, partner: PartnerId, body: FactsInput, desk: DeskDep) -> PairCheckOut:
    """填写核实到的情况，返回新的核对结果。没有写到的事项不变。

    合作的情况（协议、进站专家等）要在建立对接以后填写；对象的情况需要维护对象目录的权限。
    """
    values = {storable(name): _plain(value) for name, value in body.facts.items()}
    site_facts.note_facts(desk, need_id, partner, values, note=storable(body.note), seen=body.seen)
    return _checked(desk, need_id, partner)


def _checked(desk: DeskDep, need_id: str, partner: str) -> PairCheckOut:
    rules = site_checks.rules_of(desk.matcher.home)
    return PairCheckOut.of(site_checks.check(desk, need_id, partner, rules))


def _plain(value: object) -> object:
    return storable(value) if isinstance(value, str) else value
