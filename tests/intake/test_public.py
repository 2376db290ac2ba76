import ast
from pathlib import Path

import matcher.intake

ALLOWED = (
    "matcher.people",
    "matcher.casework",
    "matcher.intake",
    "matcher.records",
    "matcher.errors",
    "matcher.text",
)


def test_public_names() -> None:
    assert sorted(matcher.intake.__all__) == sorted(
        [
            *("Column", "Fault", "IntakeReport", "NEED_TEXT_LIMIT", "Note", "Parsed"),
            *("ParsedNeed", "RawRow", "RowResult", "Subject", "TABLES", "Table"),
            *("check_need_text", "parse_enterprise", "parse_evidence", "parse_need"),
            *("parse_partner", "read_records", "read_rows", "render_fault", "render_report"),
            *("summarise", "write_template"),
        ]
    )
    assert all(hasattr(matcher.intake, name) for name in matcher.intake.__all__)


def test_intake_knows_nothing_of_store_index_or_web() -> None:
    files = Path(matcher.intake.__file__).parent.glob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    assert trees
    imported = {
        node.module
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("matcher")
    }
    assert all(name.startswith(ALLOWED) for name in imported)
