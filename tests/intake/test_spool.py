from datetime import datetime

from matcher.intake.spool import EvidenceSpool, RecordSpool
from matcher.records import Evidence, EvidenceType, Partner, PartnerKind

PAPER = Evidence(id="1", type=EvidenceType.PAPER, title="触头温升", keywords=("触头",))


def test_items_come_back_by_partner_in_their_order() -> None:
    with EvidenceSpool() as spool:
        spool.add("B", {"title": "乙", "year": datetime(2021, 5, 1)})
        spool.add("A", {"title": "甲"})
        spool.add("B", {"title": "丙"})
        assert spool.of("B") == [{"title": "乙", "year": "2021-05-01T00:00:00"}, {"title": "丙"}]
        assert spool.of("C") == []


def test_records_come_back_in_their_order_some_at_a_time() -> None:
    people = [
        Partner(id=f"P{n}", kind=PartnerKind.EXPERT, name=f"专家{n}", evidence=(PAPER,))
        for n in range(2500)
    ]
    with RecordSpool[Partner]() as spool:
        for partner in people:
            spool.add(partner)
        batches = list(spool.batches())
    assert len(batches) > 1
    assert [partner for batch in batches for partner in batch] == people
    assert batches[0][0].kind is PartnerKind.EXPERT


def test_an_empty_spool_has_no_batches() -> None:
    with RecordSpool[Partner]() as spool:
        assert list(spool.batches()) == []
