"""Reading an association from a form or a body."""

from datetime import date

from matcher.casework.associations import AssociationKind, AssociationStatus, StrongCheck
from matcher.intake.associations import parse_association


def test_everything_is_read() -> None:
    parsed = parse_association(
        {
            "kind": "园区科协",
            "name": " 示例园区科学技术协会 ",
            "park": "示例园区",
            "county": "乐清市",
            "status": "已成立",
            "founded_on": "2024年3月1日",
            "members": "40人",
            "check_sign": "有",
            "check_funds": False,
            "note": "联系电话 13800001234",
        }
    )
    assert parsed.record is not None
    association = parsed.record.association
    assert association.kind is AssociationKind.PARK
    assert association.name == "示例园区科学技术协会"
    assert association.status is AssociationStatus.FOUNDED
    assert association.founded_on == date(2024, 3, 1)
    assert association.members == 40
    assert association.check == StrongCheck(sign=True, funds=False)
    assert "13800001234" not in association.note
    assert [note.field for note in parsed.notes] == ["note"]


def test_all_faults_come_at_once() -> None:
    parsed = parse_association(
        {"founded_on": "明年", "members": "几个", "check_sign": "大概", "name": "长" * 201}
    )
    assert parsed.record is None
    assert {fault.field for fault in parsed.faults} == {
        *("kind", "founded_on", "members", "check_sign", "name")
    }
    assert all(fault.label for fault in parsed.faults)


def test_an_unknown_kind_is_told_with_the_known_ones() -> None:
    (fault,) = parse_association({"kind": "俱乐部"}).faults
    assert "企业科协" in fault.message
