"""The entries of the navigation, and which of them somebody sees."""

from typing import Final, NamedTuple

from matcher.people import Actor, Permission


class Entry(NamedTuple):
    """A link of the navigation.

    `name` is what a page sets as `active` to be marked there, `help` the part of the help that
    explains the page.
    """

    name: str
    path: str
    label: str
    help: str
    needs: Permission = Permission.READ


class Group(NamedTuple):
    """Entries that stand together; the first group has no heading."""

    heading: str
    entries: tuple[Entry, ...]


NAVIGATION: Final = (
    Group(
        "",
        (
            Entry("home", "/", "首页", "overdue"),
            Entry("needs", "/needs", "需求", "status"),
            Entry("match", "/match", "快速匹配", "band", Permission.MATCH),
            Entry("pairings", "/pairings", "对接", "stage"),
            Entry("stations", "/stations", "站点", "station"),
            Entry("outcomes", "/outcomes", "成果", "station"),
            Entry("associations", "/associations", "企业科协", "association"),
            Entry("enterprises", "/enterprises", "企业", "contacts"),
            Entry("partners", "/partners", "对象目录", "contacts"),
        ),
    ),
    Group(
        "月度工作",
        (
            Entry("plans", "/plans", "月度方案", "plan"),
            Entry("batches", "/batches", "月度批次", "batch"),
            Entry("reports", "/reports", "月报", "report"),
        ),
    ),
    Group(
        "管理",
        (
            Entry("links", "/links", "填报链接", "way", Permission.EDIT),
            Entry("accounts", "/accounts", "账号", "roles", Permission.ADMIN),
            Entry("keys", "/keys", "接口密钥", "roles", Permission.ADMIN),
            Entry("audit", "/audit", "操作记录", "contacts", Permission.ADMIN),
        ),
    ),
    Group(
        "说明",
        (
            Entry("rules", "/rules", "建站规则", "station"),
            Entry("help", "/help", "使用帮助", ""),
            Entry("docs", "/api/docs", "接口文档", "roles"),
        ),
    ),
)
"""All entries, in their order."""


_HELP: Final = {entry.name: entry.help for group in NAVIGATION for entry in group.entries}


def help_part(active: str) -> str:
    """The part of the help that explains a page of this entry; empty where there is none."""
    return _HELP.get(active, "")


def navigation_of(actor: Actor | None) -> tuple[Group, ...]:
    """The groups that somebody sees, each with what they may open; none for nobody."""
    if actor is None:
        return ()
    seen = (
        Group(group.heading, tuple(entry for entry in group.entries if actor.may(entry.needs)))
        for group in NAVIGATION
    )
    return tuple(group for group in seen if group.entries)
