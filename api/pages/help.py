"""The help for clerks: one page, whose parts other pages link to."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api.auth import ActorDep
from api.pages.render import page
from matcher.casework.associations import AssociationStatus
from matcher.casework.needs import NEED_FLOW, NeedStatus, ReturnReason
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.stations import PASS_MARK, StationStatus
from matcher.desk.figures import MOVEMENT_DAYS, SCREENING_DAYS
from matcher.people import Role
from matcher.people.actors import PERMISSIONS
from matcher.records import Band

router = APIRouter()

STATUSES: Final = {
    NeedStatus.DRAFT: "还没有填完，只有本单位看得到，不参加匹配。",
    NeedStatus.PENDING: "已经提交，等科协审核。",
    NeedStatus.RETURNED: "审核没有通过，写明了原因。改好以后可以重新提交。",
    NeedStatus.LISTED: "审核通过，进入企业技术需求项目库，正在找合适的对象。",
    NeedStatus.MATCHING: "已经推送给至少一个对象，正在联系或洽谈。",
    NeedStatus.SIGNED: "企业和对象签了合作协议。",
    NeedStatus.STATIONED: "在签约的基础上建立了工作站或共同体。",
    NeedStatus.COMPLETED: "合作结束，需求已经解决。",
    NeedStatus.CLOSED: "不再办理，例如企业撤回。如果关错了，可以重新入库。",
}
STAGES: Final = {
    PairingStage.RECOMMENDED: "选中了对象，还没有告诉对方。",
    PairingStage.SENT: "已把需求发给对象，等对方答复。",
    PairingStage.CONTACTED: "双方已经通过电话、邮件等联系上。",
    PairingStage.VISITED: "对象到过企业，或企业到过对象那里。",
    PairingStage.AGREED: "双方都愿意合作，正在谈条件。",
    PairingStage.SIGNED: "签了合作协议。",
    PairingStage.STATIONED: "建立了工作站或共同体。",
    PairingStage.FAILED: "没有谈成，要选一个原因。原因会保存在这条对接里。",
}
BANDS: Final = {
    Band.STRONG: "证据很充分，建议优先联系。",
    Band.GOOD: "证据充分，值得联系。",
    Band.POSSIBLE: "有一些证据，联系以前请先看看证据。",
    Band.INSUFFICIENT: "目录里找不到足够的证据，默认折叠，不建议直接推送。",
}
ROLES: Final = {
    Role.CITY_ADMIN: "办理全市业务，并管理账号、接口密钥和设置，查看操作记录。",
    Role.CITY_STAFF: "办理全市的需求、对接、站点和企业科协，维护对象目录。",
    Role.COUNTY_STAFF: (
        "只看到和办理本县区的需求、企业、对接、站点和企业科协；对象目录全市共用，只能查看。"
    ),
    Role.READ_ONLY: "只能查看和查询，不能填报、修改和导出，联系方式只显示一部分。",
    Role.ENTERPRISE: "没有账号，通过县区科协发的填报链接提交需求，看不到库里的内容。",
}


@router.get("/help")
def show(request: Request, _actor: ActorDep) -> Response:
    """The way of a need, and what each word on the pages means."""
    return page(
        request,
        "help.html",
        statuses=STATUSES,
        following={status: NEED_FLOW.after(status) for status in NeedStatus},
        stages=STAGES,
        bands=BANDS,
        roles=ROLES,
        permissions=PERMISSIONS,
        return_reasons=list(ReturnReason),
        fail_reasons=list(FailReason),
        station_statuses=list(StationStatus),
        association_statuses=list(AssociationStatus),
        pass_mark=PASS_MARK,
        screening_days=SCREENING_DAYS,
        movement_days=MOVEMENT_DAYS,
    )
