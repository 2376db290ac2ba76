"""A small directory: two records of one expert, enterprises of two counties."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from matcher.casework.pairings import PairingStage
from matcher.casework.stations import StationLevel, StationStatus
from matcher.records import Enterprise, EnterpriseSize, Evidence, EvidenceType, Partner, PartnerKind
from matcher.service import Matcher
from matcher.store.enterprises import save_enterprises
from matcher.store.partners import save_partners
from matcher.store.tables_casework import PairingRow, StationPartnerRow, StationRow

ONE = Partner(
    id="P1",
    kind=PartnerKind.EXPERT,
    name="示例教授",
    affiliation="示例大学",
    region="浙江省杭州市",
    disciplines=("电器学",),
    languages=("zh",),
    profile="研究电接触。",
    evidence=(
        Evidence(id="P1-1", type=EvidenceType.PAPER, title="银氧化锡 触头的熔焊特性", year=2019),
        Evidence(id="P1-2", type=EvidenceType.PATENT, title="一种灭弧室"),
    ),
    sample=True,
)
OTHER = Partner(
    id="P2",
    kind=PartnerKind.EXPERT,
    name="示例教授",
    name_en="Prof. Example",
    affiliation="示例大学电气工程学院",
    disciplines=("电器学", "电接触材料"),
    profile="从事触头材料研究。",
    evidence=(
        Evidence(
            id="P2-1",
            type=EvidenceType.PAPER,
            title="银氧化锡触头的熔焊特性",
            text="比较了三种工艺。",
            source="示例学报",
        ),
        Evidence(id="P1-2", type=EvidenceType.PROJECT, title="低压电器可靠性"),
    ),
    sample=True,
)
FIRM = Enterprise(
    id="E1",
    name="示例电气有限公司",
    county="乐清市",
    park="示例开发区",
    industry="配电开关控制设备制造",
    industry_code="3823",
    size=EnterpriseSize.MEDIUM,
    above_designated=True,
    high_tech=True,
    staff_count=320,
    st_staff_count=45,
    sample=True,
)
FAR_FIRM = Enterprise(
    id="E2",
    name="示例皮革有限公司",
    county="平阳县",
    industry="皮革鞣制加工",
    industry_code="1910",
    size=EnterpriseSize.SMALL,
    leading=True,
    sample=True,
)


def fill_directory(matcher: Matcher) -> None:
    """Put the two records and the two enterprises into a library."""
    with matcher.writing() as session:
        save_partners(session, [ONE, OTHER])
        save_enterprises(session, [FIRM, FAR_FIRM])


def add_pairing(
    session: Session, need_id: str, partner_id: str, county: str = "乐清市"
) -> PairingRow:
    """Bring a need and a partner together."""
    now = datetime.now(UTC)
    row = PairingRow(
        need_id=need_id,
        partner_id=partner_id,
        county=county,
        stage=PairingStage.SENT,
        created_at=now,
        updated_at=now,
        version=1,
    )
    session.add(row)
    session.flush()
    return row


def add_station(session: Session, *partner_ids: str, enterprise: Enterprise = FIRM) -> StationRow:
    """Found a station at an enterprise."""
    row = StationRow(
        name="示例工作站",
        type="academician_workstation",
        level=StationLevel.CITY,
        enterprise_id=enterprise.id,
        county=enterprise.county,
        agreed_on=date(2025, 1, 1),
        ends_on=date(2028, 1, 1),
        status=StationStatus.ACTIVE,
        note="",
        version=1,
        partners=[
            StationPartnerRow(partner_id=partner_id, position=position)
            for position, partner_id in enumerate(partner_ids)
        ],
    )
    session.add(row)
    session.flush()
    return row
