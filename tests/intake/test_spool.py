from datetime import datetime

from matcher.intake.spool import EvidenceSpool


def test_items_come_back_by_partner_in_their_order() -> None:
    with EvidenceSpool() as spool:
        spool.add("B", {"title": "乙", "year": datetime(2021, 5, 1)})
        spool.add("A", {"title": "甲"})
        spool.add("B", {"title": "丙"})
        assert spool.of("B") == [{"title": "乙", "year": "2021-05-01T00:00:00"}, {"title": "丙"}]
        assert spool.of("C") == []
