"""The desk: a library, whoever acts on it, and the log of what was done."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields, replace
from typing import Any

from sqlalchemy.orm import Session

from matcher.errors import NotFoundError
from matcher.people import Actor, Permission
from matcher.records import LabelledEnum, SearchFilter
from matcher.service import Matcher
from matcher.store.audit import add_audit
from matcher.store.database import Database

_EVERYBODY = SearchFilter()


class Subject(LabelledEnum):
    """Kinds of records that something is done to."""

    NEED = "need", "需求"
    ENTERPRISE = "enterprise", "企业"
    PARTNER = "partner", "对象"
    PAIRING = "pairing", "对接"
    STATION = "station", "站点"
    OUTCOME = "outcome", "成果"
    ASSOCIATION = "association", "企业科协"
    CONTACT = "contact", "联系方式"
    ACCOUNT = "account", "账号"
    KEY = "key", "接口密钥"
    LINK = "link", "填报链接"
    PLAN = "plan", "月度方案"
    BATCH = "batch", "月度批次"
    LIBRARY = "library", "资料库"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "记录类型"


class Act(LabelledEnum):
    """What is done, as the audit log tells it."""

    CREATE = "create", "新建"
    CHANGE = "change", "修改"
    DELETE = "delete", "删除"
    STEP = "step", "变更状态"
    MERGE = "merge", "合并"
    UNMERGE = "unmerge", "撤销合并"
    RELEASE = "release", "公开联系方式"
    VIEW = "view", "查看联系方式"
    ATTACH = "attach", "上传附件"
    DOWNLOAD = "download", "下载附件"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出"
    LOGIN = "login", "登录"
    REFUSED = "refused", "登录失败"
    LOGOUT = "logout", "退出"
    PASSWORD = "password", "修改口令"
    REVOKE = "revoke", "停用"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "操作"


class RecordDesk:
    """One actor at the records of a library, for whatever searches nothing.

    It needs the store alone; a model takes seconds to load.
    """

    def __init__(self, database: Database, actor: Actor) -> None:
        self.database = database
        self.actor = actor

    def reading(self, permission: Permission = Permission.READ) -> AbstractContextManager[Session]:
        """A session to read with.

        Raises:
            ForbiddenError: the actor may not.
        """
        self.actor.require(permission)
        return self.database.reading()

    @contextmanager
    def writing(self, permission: Permission = Permission.EDIT) -> Iterator[Session]:
        """A session that commits, with what is logged in it, when the block ends.

        Raises:
            ForbiddenError: the actor may not.
        """
        self.actor.require(permission)
        with self.database.writing() as session:
            yield session

    def log(
        self,
        session: Session,
        act: Act,
        subject: Subject,
        subject_id: str | int,
        *,
        county: str = "",
        summary: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Write into the audit log what was done to a record, with the change or not at all."""
        add_audit(
            session,
            self.actor,
            action=act,
            subject=subject,
            subject_id=str(subject_id),
            county=county,
            summary=summary,
            details=details,
        )

    def check_county(self, county: str, what: str, identifier: str | int) -> None:
        """Hide a record of another county.

        Raises:
            NotFoundError: it is not the actor's; to say more would tell that it exists.
        """
        if not self.actor.covers(county):
            raise NotFoundError(what, str(identifier))


class Desk(RecordDesk):
    """One actor at one library."""

    def __init__(self, matcher: Matcher, actor: Actor) -> None:
        super().__init__(matcher.database, actor)
        self.matcher = matcher

    def own_needs(self, restriction: SearchFilter = _EVERYBODY) -> SearchFilter:
        """A restriction of a search among needs, narrowed to what the actor may see."""
        if not self.actor.county:
            return restriction
        return replace(restriction, region=self.actor.county)


def changed_fields(before: object, after: object) -> dict[str, list[Any]]:
    """What differs between two records of one class: for each field the old and the new value."""
    return {
        field.name: [_plain(getattr(before, field.name)), _plain(getattr(after, field.name))]
        for field in fields(after)  # type: ignore[arg-type]
        if getattr(before, field.name) != getattr(after, field.name)
    }


def _plain(value: object) -> object:
    """A value as JSON holds it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list | frozenset):
        return [str(each) for each in value]
    return str(value)
