"""Imports run one way; this walks them and proves it."""

import ast
import subprocess
import sys
from pathlib import Path

import matcher

ROOT = Path(matcher.__file__).parent.parent
PURE = {"records", "errors", "people", "casework", "timing"}
ALLOWED = {
    "records": {"errors"},
    "errors": set(),
    "timing": set(),
    "logs": set(),
    "people": {"records", "errors"},
    "casework": {"records", "errors", "people"},
    "settings": set(),
    "text": PURE,
    "intake": PURE | {"text"},
    "store": PURE | {"text"},
    "embedding": PURE | {"text"},
    "index": PURE | {"text"},
    "ranking": {"records", "errors"},
    "screening": PURE | {"text"},
    "rules": PURE,
    "pairing": {"records", "errors"},
    "reports": PURE | {"text"},
}
"""What each package may import of `matcher`; those not named stand above and may import these."""
TOP = {
    "service",
    "answer",
    "bulk",
    "desk",
    "planning",
    "batch",
    "screener",
    "live",
    "following",
    "building",
    "embedding_ahead",
    "calibrating",
    "references",
    "importing",
    "explain",
    "verify",
    "evaluation",
    "demo",
    "demo_casework",
    "files",
    "bootstrap",
    "cli",
}


def modules() -> list[tuple[str, Path]]:
    """Name of the package or top module, and file."""
    files = sorted((ROOT / "matcher").rglob("*.py"))
    return [
        (path.relative_to(ROOT / "matcher").parts[0].removesuffix(".py"), path) for path in files
    ]


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


def test_every_package_has_its_place() -> None:
    known = set(ALLOWED) | TOP | {"__init__"}
    assert {name for name, _ in modules()} <= known


def test_middle_packages_import_only_what_lies_below() -> None:
    for name, path in modules():
        if name not in ALLOWED:
            continue
        for module in imported(path):
            parts = module.split(".")
            if parts[0] == "matcher" and len(parts) > 1 and parts[1] != name:
                assert parts[1] in ALLOWED[name], f"{path} imports {module}"


def test_the_matcher_knows_nothing_of_the_web() -> None:
    web = {"api", "fastapi", "starlette"}
    for _, path in modules():
        assert not {module.split(".")[0] for module in imported(path)} & web, path


def test_only_the_settings_read_the_environment() -> None:
    for name, path in modules():
        source = path.read_text(encoding="utf-8")
        if name != "settings":
            assert "getenv" not in source, path
            assert "os.environ.get" not in source, path


def test_heavy_libraries_are_not_loaded_by_importing_the_package() -> None:
    code = "import matcher.cli, sys; print({'torch', 'ranx'} & set(sys.modules))"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert output.stdout.strip() == "set()"


def test_files_stay_small() -> None:
    long = {
        str(path): lines
        for package in ("matcher", "api")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_the_public_face() -> None:
    assert matcher.__all__ == ["Matcher", "MatcherError", "Settings", "open_matcher"]
