"""Pairings at the desk: who may do what, what follows for the need, and what is logged."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import EventKind, FailReason, Pairing, PairingStage
from matcher.casework.progress import OVERDUE_AFTER
from matcher.desk import Act, Desk, Subject, pairing_files, pairing_views, pairings
from matcher.desk.pairing_letters import Reader, letter
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import Actor, ActorKind, AuditEntry, Role
from matcher.people.actors import PERMISSIONS
from matcher.records import Enterprise, PartnerKind
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.contacts import save_contact
from matcher.store.enterprises import save_enterprises
from matcher.store.need_steps import need_status, set_status, steps_of
from matcher.store.needs import get_need
from matcher.store.pairings import PairingFilter
from matcher.store.tables_casework import PairingRow, PartnerFactsRow
from tests.conftest import HIDES, HOT_CONTACTS

pytestmark = pytest.mark.any_database

S, N = PairingStage, NeedStatus
FIRM = Enterprise(id="E1", name="示例市甲乙电气有限公司", county="乐清市", sample=True)


def desk_of(matcher: Matcher, role: Role = Role.CITY_STAFF, county: str = "") -> Desk:
    actor = Actor(
        kind=ActorKind.ACCOUNT,
        id=role.value,
        name=role.label,
        role=role,
        county=county,
        permissions=PERMISSIONS[role],
    )
    return Desk(matcher, actor)


@pytest.fixture
def city(filled: Matcher) -> Desk:
    with filled.writing() as session:
        save_enterprises(session, [FIRM])
    told = replace(
        HOT_CONTACTS, enterprise_id="E1", problem="甲乙电气的断路器触头温升过高，温升超标。"
    )
    filled.save_needs([told])
    return desk_of(filled)


@pytest.fixture
def county(city: Desk) -> Desk:
    return desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")


def status_of(desk: Desk, need_id: str = "N1") -> NeedStatus:
    with desk.reading() as session:
        return need_status(session, need_id)


def put_need(desk: Desk, status: NeedStatus, need_id: str = "N1") -> None:
    with desk.matcher.writing() as session:
        set_status(session, need_id, status)


def log_of(desk: Desk, act: Act) -> list[AuditEntry]:
    with desk.reading() as session:
        return list_audit(session, subject=Subject.PAIRING, action=act)[0]


def know(desk: Desk, partner_id: str, **facts: object) -> None:
    """Note facts about a partner."""
    usual = {
        "aliases": [],
        "capacity": None,
        "conflicts": [],
        "stations_elsewhere": None,
        "retired": None,
        "last_contacted": None,
        "note": "",
        "version": 1,
    }
    with desk.matcher.writing() as session:
        session.add(PartnerFactsRow(partner_id=partner_id, **(usual | facts)))


def test_sending_takes_the_need_along(county: Desk) -> None:
    pairing = pairings.begin(county, "N1", "X1", probability=0.86)
    assert (pairing.stage, pairing.county, pairing.version) == (S.SENT, "乐清市", 1)
    assert status_of(county) is N.MATCHING
    with county.reading() as session:
        assert steps_of(session, "N1")[-1].note == "随对接 1：已推送"
    (line,) = log_of(county, Act.CREATE)
    assert line.summary == "断路器触头温升过高 与 触头专家：已推送"
    assert line.county == "乐清市"
    assert line.details == {"need": "N1", "partner": "X1"}


def test_the_whole_way(county: Desk) -> None:
    pairing = pairings.begin(county, "N1", "X1")
    for stage, status in [
        (S.CONTACTED, N.MATCHING),
        (S.VISITED, N.MATCHING),
        (S.AGREED, N.MATCHING),
        (S.SIGNED, N.SIGNED),
        (S.STATIONED, N.STATIONED),
    ]:
        pairing = pairings.advance(county, pairing.id, stage, seen=pairing.version, note="谈妥")
        assert (pairing.stage, status_of(county)) == (stage, status)
    file = pairing_views.open_pairing(county, pairing.id)
    assert [event.after for event in file.events] == [
        S.SENT,
        S.CONTACTED,
        S.VISITED,
        S.AGREED,
        S.SIGNED,
        S.STATIONED,
    ]
    assert file.events[-1].text == "谈妥"
    assert file.events[-1].actor_name == "县级工作人员"
    assert pairing.version == 6
    assert len(log_of(county, Act.STEP)) == 5


def test_stages_can_be_skipped_and_the_need_keeps_up(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1", stage=S.RECOMMENDED)
    assert status_of(city) is N.LISTED
    pairings.advance(city, pairing.id, S.STATIONED, seen=1)
    assert status_of(city) is N.STATIONED
    with city.reading() as session:
        assert [step.after for step in steps_of(session, "N1")][-3:] == [
            N.MATCHING,
            N.SIGNED,
            N.STATIONED,
        ]


def test_going_back_takes_a_word_and_leaves_the_need(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    pairing = pairings.advance(city, pairing.id, S.SIGNED, seen=1)
    with pytest.raises(InvalidInputError, match="写明原因") as caught:
        pairings.advance(city, pairing.id, S.AGREED, seen=2, note=" ")
    assert caught.value.field == "note"
    pairing = pairings.advance(city, pairing.id, S.AGREED, seen=2, note="对方要求重谈")
    assert (pairing.stage, status_of(city)) == (S.AGREED, N.SIGNED)
    with pytest.raises(ConflictError, match="不能直接变为"):
        pairings.advance(city, pairing.id, S.SENT, seen=3, note="再退")


def test_somebody_was_faster(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    pairings.advance(city, pairing.id, S.CONTACTED, seen=1)
    for late in (
        lambda: pairings.advance(city, pairing.id, S.VISITED, seen=1),
        lambda: pairings.fail(city, pairing.id, FailReason.OTHER, seen=1),
        lambda: pairings.release(city, pairing.id, seen=1),
    ):
        with pytest.raises(ConflictError, match="别人办理过"):
            late()
    assert pairing_views.open_pairing(city, pairing.id).card.pairing.stage is S.CONTACTED
    assert len(log_of(city, Act.STEP)) == 1


def test_a_failure_proposes_but_does_not_move(city: Desk) -> None:
    first = pairings.begin(city, "N1", "X1")
    other = pairings.begin(city, "N1", "S1")
    pairings.fail(city, first.id, FailReason.NO_REPLY, seen=1, note="三次未接")
    assert not pairing_views.open_pairing(city, first.id).proposes_relisting
    with pytest.raises(ConflictError, match="还有别的对接"):
        pairings.relist(city, first.id)
    failed = pairings.fail(city, other.id, FailReason.TERMS, seen=1)
    assert (failed.reason, status_of(city)) == (FailReason.TERMS, N.MATCHING)
    assert pairing_views.open_pairing(city, first.id).proposes_relisting
    pairings.relist(city, other.id)
    assert status_of(city) is N.LISTED
    with pytest.raises(ConflictError):
        pairings.relist(city, other.id)
    assert log_of(city, Act.STEP)[0].details["reason"] == "费用或条件未谈成"


def test_a_refusal_can_be_taken_back(city: Desk) -> None:
    refused = pairings.refuse(city, "N1", "X2", FailReason.WRONG_FIELD, probability=0.1)
    assert (refused.stage, refused.reason) == (S.FAILED, FailReason.WRONG_FIELD)
    assert status_of(city) is N.LISTED
    with pytest.raises(ConflictError, match="先撤销"):
        pairings.begin(city, "N1", "X2")
    with pytest.raises(ConflictError, match="先撤销"):
        pairings.refuse(city, "N1", "X2", FailReason.OTHER)
    again = pairings.reopen(city, refused.id, seen=1)
    assert (again.stage, again.reason) == (S.RECOMMENDED, None)
    with pytest.raises(ConflictError, match="没有可以撤销的"):
        pairings.reopen(city, refused.id, seen=2)
    sent = pairings.begin(city, "N1", "X2")
    assert (sent.id, sent.stage, sent.probability) == (refused.id, S.SENT, 0.1)
    assert status_of(city) is N.MATCHING


def test_a_recommendation_can_be_refused(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1", stage=S.RECOMMENDED)
    refused = pairings.refuse(city, "N1", "X1", FailReason.NO_CAPACITY)
    assert (refused.id, refused.version) == (pairing.id, 2)
    with pytest.raises(ConflictError, match="不能直接变为"):
        pairings.fail(city, refused.id, FailReason.OTHER, seen=2)


def test_what_cannot_begin(city: Desk) -> None:
    pairings.begin(city, "N1", "X1")
    with pytest.raises(ConflictError, match="已经在对接"):
        pairings.begin(city, "N1", "X1")
    with pytest.raises(ConflictError, match="已经在对接"):
        pairings.refuse(city, "N1", "X1", FailReason.OTHER)
    with pytest.raises(InvalidInputError, match="开始"):
        pairings.begin(city, "N2", "X1", stage=S.SIGNED)
    with pytest.raises(InvalidInputError, match="概率"):
        pairings.begin(city, "N2", "X1", probability=1.5)
    with pytest.raises(InvalidInputError, match="2000"):
        pairings.begin(city, "N2", "X1", note="长" * 2001)
    with pytest.raises(NotFoundError, match="对象"):
        pairings.begin(city, "N2", "nobody")
    with pytest.raises(NotFoundError, match="需求"):
        pairings.begin(city, "none", "X1")


@pytest.mark.parametrize("status", [N.DRAFT, N.PENDING, N.RETURNED, N.CLOSED, N.COMPLETED])
def test_only_needs_of_the_library_are_sent(city: Desk, status: NeedStatus) -> None:
    put_need(city, status)
    with pytest.raises(ConflictError, match=status.label):
        pairings.begin(city, "N1", "X1")
    assert status_of(city) is status


def test_pairings_of_a_closed_need_can_only_fail(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    put_need(city, N.CLOSED)
    with pytest.raises(ConflictError, match="不能推进"):
        pairings.advance(city, pairing.id, S.SIGNED, seen=1)
    assert pairings.fail(city, pairing.id, FailReason.WITHDRAWN, seen=1).stage is S.FAILED


def test_failing_takes_a_reason(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    with pytest.raises(InvalidInputError, match="原因"):
        pairings.advance(city, pairing.id, S.FAILED, seen=1)


def test_a_conflict_of_interest_is_refused_with_the_reason(city: Desk) -> None:
    know(city, "X1", conflicts=["E1"])
    with pytest.raises(ConflictError, match=r"触头专家.*示例市甲乙电气有限公司.*利益冲突"):
        pairings.begin(city, "N1", "X1")
    assert pairings.begin(city, "N2", "X1").stage is S.SENT
    assert pairing_views.beside(city, "N1", ["X1", "X2"]).conflicts == {"X1"}


def test_a_full_partner_is_warned_of_and_not_refused(city: Desk) -> None:
    know(city, "X1", capacity=1)
    assert not pairing_views.load_of(city, "X1").is_full
    first = pairings.begin(city, "N1", "X1")
    load = pairing_views.beside(city, "N2", ["X1"]).loads["X1"]
    assert (load.active, load.capacity, load.is_full) == (1, 1, True)
    assert pairings.begin(city, "N2", "X1").stage is S.SENT
    pairings.fail(city, first.id, FailReason.OTHER, seen=1)
    assert pairing_views.load_of(city, "X1").active == 1
    with city.matcher.writing() as session:
        session.execute(update(PairingRow).values(created_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert pairing_views.load_of(city, "X1").active == 0


def test_other_counties_see_nothing(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    other = desk_of(city.matcher, Role.COUNTY_STAFF, "平阳县")
    for hidden in (
        lambda: pairing_views.open_pairing(other, pairing.id),
        lambda: pairings.advance(other, pairing.id, S.CONTACTED, seen=1),
        lambda: pairings.fail(other, pairing.id, FailReason.OTHER, seen=1),
        lambda: pairings.reopen(other, pairing.id, seen=1),
        lambda: pairings.relist(other, pairing.id),
        lambda: pairings.note(other, pairing.id, "x"),
        lambda: pairings.release(other, pairing.id, seen=1),
        lambda: pairing_files.attach(other, pairing.id, "a.txt", b"x"),
        lambda: pairing_files.download(other, pairing.id, 1),
        lambda: letter(other, pairing.id, Reader.PARTNER),
        lambda: pairings.begin(other, "N1", "X2"),
        lambda: pairings.refuse(other, "N1", "X2", FailReason.OTHER),
        lambda: pairing_views.beside(other, "N1", []),
        lambda: pairing_views.of_need(other, "N1"),
    ):
        with pytest.raises(NotFoundError):
            hidden()
    everything = PairingFilter()
    assert pairing_views.find(other, everything) == ([], 0)
    assert pairing_views.find(other, PairingFilter(county="乐清市")) == ([], 0)
    assert all(not column.total for column in pairing_views.board(other, everything))
    assert all(
        not column.total for column in pairing_views.board(other, PairingFilter(county="乐清市"))
    )
    assert pairing_views.of_partner(other, "X1") == []
    assert len(pairing_views.of_partner(city, "X1")) == 1


def test_readers_only_read(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    file = pairing_files.attach(city, pairing.id, "a.txt", b"x")
    reader = desk_of(city.matcher, Role.READ_ONLY)
    assert pairing_views.open_pairing(reader, pairing.id).card.pairing == replace(
        pairing, updated_at=pairing_views.open_pairing(city, pairing.id).card.pairing.updated_at
    )
    for refused in (
        lambda: pairings.begin(reader, "N2", "X1"),
        lambda: pairings.refuse(reader, "N2", "X1", FailReason.OTHER),
        lambda: pairings.advance(reader, pairing.id, S.CONTACTED, seen=1),
        lambda: pairings.fail(reader, pairing.id, FailReason.OTHER, seen=1),
        lambda: pairings.reopen(reader, pairing.id, seen=1),
        lambda: pairings.relist(reader, pairing.id),
        lambda: pairings.note(reader, pairing.id, "x"),
        lambda: pairings.release(reader, pairing.id, seen=1),
        lambda: pairing_files.attach(reader, pairing.id, "a.txt", b"x"),
        lambda: pairing_files.download(reader, pairing.id, file.id),
        lambda: letter(reader, pairing.id, Reader.PARTNER),
    ):
        with pytest.raises(ForbiddenError):
            refused()


def test_an_enterprise_does_nothing(city: Desk) -> None:
    firm = desk_of(city.matcher, Role.ENTERPRISE, "乐清市")
    for refused in (
        lambda: pairing_views.find(firm, PairingFilter()),
        lambda: pairing_views.board(firm, PairingFilter()),
        lambda: pairing_views.open_pairing(firm, 1),
    ):
        with pytest.raises(ForbiddenError):
            refused()


def test_notes_move_a_pairing_but_leave_its_version(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    pairings.note(city, pairing.id, "  对方同意下周三到厂  ")
    file = pairing_views.open_pairing(city, pairing.id)
    assert (file.events[-1].kind, file.events[-1].text) == (EventKind.NOTE, "对方同意下周三到厂")
    assert file.card.pairing.version == 1
    assert file.card.pairing.updated_at > pairing.updated_at
    with pytest.raises(InvalidInputError) as caught:
        pairings.note(city, pairing.id, " ")
    assert caught.value.field == "note"


def age(desk: Desk, pairing: Pairing, days: int) -> None:
    long_ago = datetime.now(UTC) - OVERDUE_AFTER.__class__(days=days)
    with desk.matcher.writing() as session:
        session.execute(
            update(PairingRow)
            .where(PairingRow.id == pairing.id)
            .values(updated_at=long_ago, created_at=long_ago)
        )


def test_lists_are_filtered_sorted_and_paged(city: Desk) -> None:
    first = pairings.begin(city, "N1", "X1")
    second = pairings.begin(city, "N2", "S1")
    pairings.refuse(city, "N3", "X2", FailReason.OTHER)
    age(city, first, 31)

    def ids(wanted: PairingFilter, **order: object) -> list[int]:
        cards, total = pairing_views.find(city, wanted, **order)  # type: ignore[arg-type]
        assert total >= len(cards)
        return [card.pairing.id for card in cards]

    assert ids(PairingFilter()) == [3, 2, 1]
    assert ids(PairingFilter(), sort="moved", descending=False) == [1, 2, 3]
    assert ids(PairingFilter(), offset=1, limit=1) == [2]
    assert ids(PairingFilter(county="乐清市")) == [1]
    assert ids(PairingFilter(stages=frozenset({S.FAILED}))) == [3]
    assert ids(PairingFilter(kind=PartnerKind.SOCIETY)) == [second.id]
    idle = PairingFilter(idle_since=pairing_views.idle_since(datetime.now(UTC)))
    assert ids(idle) == [first.id]
    assert ids(PairingFilter(text="甲乙电气")) == [1]
    assert ids(PairingFilter(text="触头专家")) == [1]
    assert ids(PairingFilter(text="牛皮")) == [2]
    assert ids(PairingFilter(text="100%")) == []
    (card,), _ = pairing_views.find(city, idle)
    assert card.overdue


def test_the_board_has_every_stage(city: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pairings.begin(city, "N1", "X1")
    pairings.begin(city, "N2", "X1")
    monkeypatch.setattr(pairing_views, "MOST_CARDS", 1)
    columns = pairing_views.board(city, PairingFilter())
    assert [column.stage for column in columns] == list(S)
    sent = columns[1]
    assert (sent.total, [card.pairing.id for card in sent.cards]) == (2, [1])
    assert sum(column.total for column in columns) == 2
    own = pairing_views.board(desk_of(city.matcher, Role.COUNTY_STAFF, "平阳县"), PairingFilter())
    assert [card.need.id for column in own for card in column.cards] == [HIDES.id]


def test_files_are_kept_found_and_logged(city: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    other = pairings.begin(city, "N2", "X1")
    stored = pairing_files.attach(city, pairing.id, "协议.docx", b"%PDF-1.7", note="盖章版")
    assert (stored.name, stored.media_type, stored.size) == ("协议.pdf", "application/pdf", 8)
    again = pairing_files.attach(city, other.id, "同一份.pdf", b"%PDF-1.7")
    assert again.sha256 == stored.sha256
    assert len([p for p in (city.matcher.home / "files").rglob("*") if p.is_file()]) == 1
    found, content = pairing_files.download(city, pairing.id, stored.id)
    assert (found, content) == (stored, b"%PDF-1.7")
    with pytest.raises(NotFoundError, match="附件"):
        pairing_files.download(city, other.id, stored.id)
    assert [line.summary for line in log_of(city, Act.ATTACH)] == ["同一份.pdf", "协议.pdf"]
    assert [line.summary for line in log_of(city, Act.DOWNLOAD)] == ["协议.pdf"]
    line = pairing_views.open_pairing(city, pairing.id).events[-1]
    assert (line.kind, line.file, line.text) == (EventKind.FILE, stored, "盖章版")


def contact(owner: ContactOwner, owner_id: str, name: str, secrecy: Secrecy) -> Contact:
    return Contact(
        id=0, owner=owner, owner_id=owner_id, name=name, phone="13800001234", secrecy=secrecy
    )


def test_parties_are_anonymous_until_the_release(city: Desk, county: Desk) -> None:
    with city.matcher.writing() as session:
        for each in (
            contact(ContactOwner.ENTERPRISE, "E1", "企业联系人", Secrecy.INTERNAL),
            contact(ContactOwner.ENTERPRISE, "E1", "董事长", Secrecy.CONFIDENTIAL),
            contact(ContactOwner.NEED, "N1", "需求联系人", Secrecy.INTERNAL),
            contact(ContactOwner.PARTNER, "X1", "专家助理", Secrecy.INTERNAL),
        ):
            save_contact(session, each)
    pairing = pairings.begin(city, "N1", "X1")

    to_partner = letter(city, pairing.id, Reader.PARTNER)
    assert "甲乙" not in repr(to_partner.need)
    assert "某企业的断路器触头" in to_partner.need.problem
    assert (to_partner.enterprise, to_partner.need.enterprise_id) == (None, None)
    assert to_partner.contacts == ()
    to_firm = letter(city, pairing.id, Reader.ENTERPRISE)
    assert "触头专家" not in repr(to_firm.partner)
    assert [item.year for item in to_firm.partner.evidence] == [2021, 2019]
    assert not log_of(city, Act.VIEW)

    file = pairing_views.open_pairing(county, pairing.id)
    shown = (*file.enterprise_contacts, *file.need_contacts, *file.partner_contacts)
    assert len(shown) == 4
    assert all(each.masked for each in shown)

    released = pairings.release(county, pairing.id, seen=1, note="双方同意")
    assert released.released_at is not None
    assert (released.version, released.stage) == (2, S.SENT)
    assert len(log_of(city, Act.RELEASE)) == 1
    with pytest.raises(ConflictError, match="已经公开"):
        pairings.release(county, pairing.id, seen=2)

    to_partner = letter(city, pairing.id, Reader.PARTNER)
    assert to_partner.enterprise == FIRM
    assert [each.name for each in to_partner.contacts] == ["需求联系人", "企业联系人"]
    assert not any(each.masked for each in to_partner.contacts)
    to_firm = letter(city, pairing.id, Reader.ENTERPRISE)
    assert to_firm.partner.name == "触头专家"
    assert [each.name for each in to_firm.contacts] == ["专家助理"]
    assert len(log_of(city, Act.VIEW)) == 2


def test_nothing_is_released_before_sending_or_after_a_failure(city: Desk) -> None:
    recommended = pairings.begin(city, "N1", "X1", stage=S.RECOMMENDED)
    with pytest.raises(ConflictError, match="推送以后"):
        pairings.release(city, recommended.id, seen=1)
    pairings.fail(city, recommended.id, FailReason.OTHER, seen=1)
    with pytest.raises(ConflictError, match="推送以后"):
        pairings.release(city, recommended.id, seen=2)
    with pytest.raises(ConflictError, match="不再出函"):
        letter(city, recommended.id, Reader.PARTNER)


def test_a_pairing_follows_its_need_into_another_county(city: Desk, county: Desk) -> None:
    pairing = pairings.begin(city, "N1", "X1")
    with city.reading() as session:
        need = get_need(session, "N1")
    city.matcher.save_needs([replace(need, county="平阳县")])
    assert pairing_views.open_pairing(city, pairing.id).card.pairing.county == "平阳县"
    with pytest.raises(NotFoundError):
        pairing_views.open_pairing(county, pairing.id)
