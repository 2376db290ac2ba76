"""Roles (角色) and what each may do."""

from dataclasses import dataclass, field

from matcher.errors import ForbiddenError
from matcher.records import LabelledEnum


class Permission(LabelledEnum):
    """One kind of thing that a person or a program may do."""

    READ = "read", "查看"
    MATCH = "match", "查询匹配"
    EDIT = "edit", "填报和办理"
    DIRECTORY = "directory", "维护对象目录"
    CONTACTS = "contacts", "查看联系方式"
    CONFIDENTIAL = "confidential", "查看保密联系方式"
    EXPORT = "export", "导出"
    PLAN = "plan", "月度方案和批次"
    ADMIN = "admin", "管理账号和设置"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "权限"


class Role(LabelledEnum):
    """What somebody is in the association, or outside it."""

    CITY_ADMIN = "city_admin", "市级管理员"
    CITY_STAFF = "city_staff", "市级工作人员"
    COUNTY_STAFF = "county_staff", "县级工作人员"
    READ_ONLY = "read_only", "只读"
    ENTERPRISE = "enterprise", "企业"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "角色"


_COUNTY_STAFF = frozenset(
    {
        Permission.READ,
        Permission.MATCH,
        Permission.EDIT,
        Permission.CONTACTS,
        Permission.EXPORT,
    }
)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CITY_ADMIN: frozenset(Permission),
    Role.CITY_STAFF: frozenset(Permission) - {Permission.ADMIN},
    Role.COUNTY_STAFF: _COUNTY_STAFF,
    Role.READ_ONLY: frozenset({Permission.READ, Permission.MATCH}),
    # An enterprise sends its need by the link of its county, and sees nothing of the library.
    Role.ENTERPRISE: frozenset(),
}


class ActorKind(LabelledEnum):
    """By what somebody is known."""

    ACCOUNT = "account", "账号"
    KEY = "key", "接口密钥"
    LINK = "link", "填报链接"
    PROGRAM = "program", "命令行"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "操作者类型"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts. Everything that reads or changes the library is done for one.

    Attributes:
        kind: by what they are known.
        id: username, prefix of the key, number of the link.
        name: as people know them.
        role: what they are.
        county: the only county whose records they see and edit; empty: all of the city.
        permissions: what they may do; of a key, what both its role and its scope allow.
        address: network address that they come from, for the audit log.
    """

    kind: ActorKind
    id: str
    name: str
    role: Role
    county: str = ""
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    address: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether this is allowed."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse what is not allowed.

        Raises:
            ForbiddenError: it is not.
        """
        if not self.may(permission):
            raise ForbiddenError(
                f"{self.name}（{self.role.label}）没有“{permission.label}”的权限，请联系管理员"
            )

    def covers(self, county: str) -> bool:
        """Whether records of this county are theirs to see and edit."""
        return not self.county or self.county == county

    def require_county(self, county: str) -> None:
        """Refuse to put a record into another county.

        Raises:
            ForbiddenError: it is not theirs.
        """
        if not self.covers(county):
            raise ForbiddenError(f"只能办理{self.county}的业务，这条属于{county or '未注明的县区'}")


def actor_of_program(name: str = "命令行") -> Actor:
    """The operator at the command line, who may do everything: the database is theirs anyway."""
    return Actor(
        kind=ActorKind.PROGRAM,
        id="cli",
        name=name,
        role=Role.CITY_ADMIN,
        permissions=frozenset(Permission),
    )
