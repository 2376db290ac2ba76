"""The help: everything that the pages show is explained, and every anchor is there."""

import re
from pathlib import Path

from starlette.testclient import TestClient

import api.pages.help as page_of_help
from api.pages.navigation import NAVIGATION
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.people import Permission, Role
from matcher.records import Band
from tests.api.html import check_page, text

TEMPLATES = Path(page_of_help.__file__).parent.parent / "templates"


def test_every_word_is_explained(client: TestClient) -> None:
    page = client.get("/help").text
    check_page(page)
    shown = text(page)
    for words in (NeedStatus, PairingStage, Band, Role, Permission):
        for member in words:
            assert member.label in shown, member
    assert set(page_of_help.STATUSES) == set(NeedStatus)
    assert set(page_of_help.STAGES) == set(PairingStage)
    assert set(page_of_help.BANDS) == set(Band)
    assert set(page_of_help.ROLES) == set(Role)


def test_the_help_says_who_one_is(client: TestClient) -> None:
    assert "您现在是：市级管理员" in text(client.get("/help").text)


def test_every_anchor_that_a_page_links_to_is_there(client: TestClient) -> None:
    page = client.get("/help").text
    there = set(re.findall(r'<section id="([\w-]+)"', page))
    contents = set(re.findall(r'<a href="#([\w-]+)"', page)) - {"content"}
    assert contents == there
    pattern = re.compile(r"url\('/help'\)\s*\}\}#([\w-]+)")
    for template in TEMPLATES.glob("*.html"):
        linked = set(pattern.findall(template.read_text(encoding="utf-8")))
        assert linked <= there, template.name


def test_every_entry_of_the_navigation_has_its_part(client: TestClient) -> None:
    there = set(re.findall(r'<section id="([\w-]+)"', client.get("/help").text))
    parts = {entry.name: entry.help for group in NAVIGATION for entry in group.entries}
    assert {name for name, part in parts.items() if part not in there} == {"help"}
    assert 'href="/help#stage">本页帮助' in client.get("/pairings").text
    assert "本页帮助" not in client.get("/help").text
