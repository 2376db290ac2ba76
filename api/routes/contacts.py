"""Contact data over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth import DeskDep
from api.contact_input import contact_of, owner_of
from api.openapi import problems
from api.parameters import Search
from api.plain import existing_id
from api.schemas.contacts import ContactChange, ContactInput, ContactOut
from matcher.casework.contacts import ContactOwner
from matcher.desk import contacts

router = APIRouter(prefix="/contacts", tags=["联系方式"])

ContactId = Annotated[int, Path(ge=1, le=2**63 - 1, description="联系方式的编号")]

_OWNERS = {"enum": [owner.value for owner in ContactOwner]}


@router.get("", summary="列出一条记录的联系方式", responses=problems(404, 422))
def list_of(
    desk: DeskDep,
    owner: Annotated[Search, Query(description="记录的种类", json_schema_extra=_OWNERS)],
    owner_id: Annotated[str, Query(max_length=64, description="记录的编号")],
) -> list[ContactOut]:
    """公开的原样列出，其他的隐去一部分；要看全部，用 reveal。"""
    kind = ContactOwner.parse(owner, field="owner")
    found = contacts.seen_of(desk, kind, existing_id(owner_id))
    return [ContactOut.of(contact) for contact in found]


@router.post("", status_code=201, summary="新建联系方式", responses=problems(403, 404, 413, 422))
def create(body: ContactInput, desk: DeskDep) -> ContactOut:
    """给一家企业、一条需求或一个对象添加联系方式。"""
    values = body.values()
    contact = contact_of(values, *owner_of(values))
    return ContactOut.of(contacts.save(desk, contact))


@router.post("/{contact_id}/reveal", summary="查看联系方式", responses=problems(403, 404, 422))
def reveal(contact_id: ContactId, desk: DeskDep) -> ContactOut:
    """原样返回一个联系方式；谁在什么时候看过，记入操作记录。"""
    return ContactOut.of(contacts.reveal(desk, contact_id))


@router.put("/{contact_id}", summary="修改联系方式", responses=problems(403, 404, 413, 422))
def change(contact_id: ContactId, body: ContactChange, desk: DeskDep) -> ContactOut:
    """整条修改；没有给出的字段变为空，公开范围变为“内部”。"""
    owner = contacts.owner_of(desk, contact_id)
    contact = contact_of(body.values(), *owner, contact_id)
    return ContactOut.of(contacts.save(desk, contact))


@router.delete(
    "/{contact_id}", status_code=204, summary="删除联系方式", responses=problems(403, 404, 422)
)
def remove(contact_id: ContactId, desk: DeskDep) -> None:
    """删除一个联系方式。"""
    contacts.remove(desk, contact_id)
