"""Reading a page as a person would."""

import re
from html import unescape
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "img", "br", "hr", "rect", "circle", "path"}


class _Checker(HTMLParser):
    """Collects what a strict content security policy forbids, and tags left open."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.forbidden.append(f"inline {tag}")
        self.forbidden += [name for name in given if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            if tag != "a" and re.match(r"(https?:)?//", given.get(name) or ""):
                self.forbidden.append(f"{tag} {name} {given[name]}")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without a beginning"
        assert self.open.pop() == tag, f"</{tag}> closes another element"


def check_page(page: str) -> None:
    """Assert that a page is well formed and has nothing inline and nothing from elsewhere."""
    checker = _Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    assert checker.forbidden == []
    assert len(checker.ids) == len(set(checker.ids)), "an id is there twice"


def marks(page: str) -> list[str]:
    """The marked words of a page."""
    return [unescape(word) for word in re.findall(r"<mark>(.*?)</mark>", page)]


def text(page: str) -> str:
    """What stands on a page, without tags and with single blanks."""
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def links(page: str) -> list[str]:
    """Where a page links to."""
    return [unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', page)]


def buttons(page: str, name: str) -> list[str]:
    """Values of the buttons of this name."""
    found = re.findall(rf'<button [^>]*name="{name}"[^>]*? value="([^"]*)"', page)
    return [unescape(value) for value in found]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form."""
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}
