"""Accounts, keys, links and the audit log in requests and responses."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, computed_field

from api.people_input import day_of_text, said
from api.schemas.loose import Date, Flag, LooseInput, Texts
from matcher.people import (
    Account,
    Actor,
    ActorKind,
    ApiKey,
    AuditEntry,
    Permission,
    Role,
    SubmissionLink,
    Validity,
)
from matcher.people.days import last_day_before
from matcher.people.passwords import PASSWORD_LONGEST, PASSWORD_SHORTEST
from matcher.people.rules import (
    COUNTY_LONGEST,
    LABEL_LONGEST,
    NAME_LONGEST,
    ROLES_OF_ACCOUNTS,
    ROLES_OF_KEYS,
)


def _text(most: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": most}


def _values(members: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(member) for member in members]}


_NEW_PASSWORD = {
    "type": "string",
    "minLength": PASSWORD_SHORTEST,
    "maxLength": PASSWORD_LONGEST,
}
Username = Annotated[Any, WithJsonSchema(_text(40) | {"pattern": "^[a-z][a-z0-9._-]{1,39}$"})]
Name = Annotated[Any, WithJsonSchema(_text(NAME_LONGEST))]
County = Annotated[Any, WithJsonSchema(_text(COUNTY_LONGEST))]
Label = Annotated[Any, WithJsonSchema(_text(LABEL_LONGEST))]
Password = Annotated[Any, WithJsonSchema(_text(PASSWORD_LONGEST))]
NewPassword = Annotated[Any, WithJsonSchema(_NEW_PASSWORD)]
AccountRole = Annotated[Any, WithJsonSchema(_values(ROLES_OF_ACCOUNTS))]
KeyRole = Annotated[Any, WithJsonSchema(_values(ROLES_OF_KEYS))]
Version = Annotated[Any, WithJsonSchema(_text(40))]


class AccountInput(LooseInput):
    """一个新账号；口令由系统随机生成。"""

    username: Username = Field(
        None,
        description="账号名：字母开头，小写字母、数字、点、横线和下划线",
        examples=["zhang3"],
    )
    name: Name = Field(None, description="姓名")
    role: AccountRole = Field(None, description="角色，英文值或中文名")
    county: County = Field("", description="县区，只有县级工作人员填写")


class AccountChange(LooseInput):
    """一个账号修改以后的全部内容。"""

    name: Name = Field(None, description="姓名")
    role: AccountRole = Field(None, description="角色，英文值或中文名")
    county: County = Field("", description="县区，只有县级工作人员填写")
    active: Flag = Field(True, description="能否登录")
    version: Version = Field("", description="打开时看到的版本，别人改过则得到 409；不填则直接覆盖")


class PasswordChange(LooseInput):
    """修改自己的口令。"""

    old: Password = Field(None, description="原口令")
    new: NewPassword = Field(None, description="新口令")


class KeyInput(LooseInput):
    """一个新接口密钥。"""

    name: Name = Field(None, description="用途：给谁用、做什么")
    role: KeyRole = Field(None, description="角色，英文值或中文名")
    county: County = Field("", description="县区，只有县级工作人员填写")
    scope: Texts = Field(
        None, description="权限，英文值或中文名；不填则有该角色的全部权限", examples=[["read"]]
    )
    last_day: Date = Field(None, description="有效期的最后一天；不填则不过期")

    def scope_asked(self) -> frozenset[Permission] | None:
        """The permissions that are wanted; None for all of the role.

        Raises:
            InvalidInputError: it is no list of them.
        """
        if self.scope is None:
            return None
        given = self.scope if isinstance(self.scope, list) else [self.scope]
        return frozenset(Permission.parse(said(each, "scope"), field="scope") for each in given)

    def last_day_asked(self) -> date | None:
        """Until when it is to be valid; None for ever."""
        return day_of_text(self.last_day, "last_day")


class LinkInput(LooseInput):
    """一个新填报链接。"""

    county: County = Field(None, description="哪个县区的企业使用", examples=["乐清市"])
    label: Label = Field("", description="用途，如征集活动的名称")
    last_day: Date = Field(None, description="有效期的最后一天；不填则不过期")

    def last_day_asked(self) -> date | None:
        """Until when it is to be valid; None for ever."""
        return day_of_text(self.last_day, "last_day")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class AccountOut(_Out):
    """一个账号。"""

    username: str
    name: str
    role: Role
    county: str
    active: bool = Field(description="能否登录")
    created_at: datetime
    last_login: datetime | None
    version: str = Field(description="修改时带上，以免覆盖别人的改动")

    @computed_field
    def role_label(self) -> str:
        """角色的中文名。"""
        return self.role.label


class NewAccountOut(AccountOut):
    """刚建立或重设口令的账号，连同口令；口令只在这里出现一次。"""

    password: str

    @classmethod
    def shown(cls, account: Account, password: str) -> Self:
        """The response that shows a password."""
        out = AccountOut.model_validate(account)
        return cls(**out.model_dump(exclude={"role_label"}), password=password)


class AccountPage(BaseModel):
    """一页账号。"""

    items: list[AccountOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class _Limited(_Out):
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    last_day: date | None = Field(description="有效期的最后一天")
    validity: Validity = Field(description="valid 有效，expired 已过期，closed 已停用")

    @computed_field
    def validity_label(self) -> str:
        """状态的中文名。"""
        return self.validity.label


class KeyOut(_Limited):
    """一个接口密钥，不含密钥本身。"""

    prefix: str = Field(description="密钥的编号，也是密钥的第二段")
    name: str
    role: Role
    county: str
    scope: list[Permission]
    last_used: datetime | None

    @computed_field
    def role_label(self) -> str:
        """角色的中文名。"""
        return self.role.label

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The response for a key."""
        return cls(**_key_fields(key))


class NewKeyOut(KeyOut):
    """刚建立的接口密钥；密钥本身只在这里出现一次。"""

    key: str = Field(description="写在请求头里：Authorization: Bearer 密钥")

    @classmethod
    def shown(cls, key: ApiKey, text: str) -> Self:
        """The response that shows a key."""
        return cls(**_key_fields(key), key=text)


class KeyPage(BaseModel):
    """一页接口密钥，新的在前。"""

    items: list[KeyOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class LinkOut(_Limited):
    """一个填报链接，不含链接本身。"""

    id: int
    county: str
    label: str
    uses: int = Field(description="经它填报了几条需求")

    @classmethod
    def of(cls, link: SubmissionLink) -> Self:
        """The response for a link."""
        return cls(**_link_fields(link))


class NewLinkOut(LinkOut):
    """刚建立的填报链接；链接本身只在这里出现一次。"""

    url: str = Field(description="发给企业的链接")

    @classmethod
    def shown(cls, link: SubmissionLink, url: str) -> Self:
        """The response that shows a link."""
        return cls(**_link_fields(link), url=url)


class LinkPage(BaseModel):
    """一页填报链接，新的在前。"""

    items: list[LinkOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class AuditOut(_Out):
    """一条操作记录。"""

    id: int
    at: datetime
    actor_kind: ActorKind
    actor_id: str
    actor_name: str
    address: str = Field(description="网络地址")
    action: str
    subject: str
    subject_id: str
    county: str
    summary: str
    details: dict[str, Any] = Field(description="改动的字段：原来的值和新的值，等等")

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """The response for a line of the log."""
        return cls.model_validate(entry)


class AuditPage(BaseModel):
    """一页操作记录，新的在前。"""

    items: list[AuditOut]
    total: int = Field(description="符合条件的总数")
    offset: int
    limit: int


class MeOut(BaseModel):
    """调用者是谁，可以做什么。"""

    kind: ActorKind
    id: str
    name: str
    role: Role
    county: str = Field(description="只能看到和办理这个县区的业务；空为全市")
    permissions: list[Permission]

    @computed_field
    def role_label(self) -> str:
        """角色的中文名。"""
        return self.role.label

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """The response for whoever asks."""
        return cls(
            kind=actor.kind,
            id=actor.id,
            name=actor.name,
            role=actor.role,
            county=actor.county,
            permissions=[each for each in Permission if actor.may(each)],
        )


def _key_fields(key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": key.prefix,
        "name": key.name,
        "role": key.role,
        "county": key.county,
        "scope": [each for each in Permission if each in key.scope],
        "created_at": key.created_at,
        "created_by": key.created_by,
        "revoked_at": key.revoked_at,
        "last_used": key.last_used,
        "last_day": last_day_before(key.expires_at),
        "validity": key.validity(datetime.now(UTC)),
    }


def _link_fields(link: SubmissionLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "county": link.county,
        "label": link.label,
        "uses": link.uses,
        "created_at": link.created_at,
        "created_by": link.created_by,
        "revoked_at": link.revoked_at,
        "last_day": last_day_before(link.expires_at),
        "validity": link.validity(datetime.now(UTC)),
    }
