"""Sample enterprises and associations, and desks to handle them at."""

from datetime import date

from matcher.casework.association_rules import StepFacts
from matcher.casework.associations import Association, AssociationStatus
from matcher.desk import Desk, associations
from matcher.intake.associations import ParsedAssociation, parse_association
from matcher.people import Actor, ActorKind, Role
from matcher.people.actors import PERMISSIONS
from matcher.records import Enterprise
from matcher.service import Matcher
from matcher.store.enterprises import save_enterprises

BIG = Enterprise(
    id="E1",
    name="示例电气有限公司",
    county="乐清市",
    park="示例经济开发区",
    above_designated=True,
    high_tech=True,
    staff_count=320,
    st_staff_count=45,
    sample=True,
)
SMALL = Enterprise(
    id="E2",
    name="示例皮革厂",
    county="平阳县",
    park="示例皮革园",
    st_staff_count=29,
    sample=True,
)
LEAST = Enterprise(
    id="E3",
    name="示例阀门有限公司",
    county="乐清市",
    park="示例经济开发区",
    st_staff_count=30,
    sample=True,
)
UNKNOWN = Enterprise(
    id="E4", name="示例泵业有限公司", county="乐清市", park="示例经济开发区", sample=True
)
FIRMS = (BIG, SMALL, LEAST, UNKNOWN)
NAME = "示例电气有限公司科学技术协会"


def desk_of(matcher: Matcher, role: Role = Role.CITY_STAFF, county: str = "") -> Desk:
    """A desk of somebody of this role."""
    actor = Actor(
        kind=ActorKind.ACCOUNT,
        id=role.value,
        name=role.label,
        role=role,
        county=county,
        permissions=PERMISSIONS[role],
    )
    return Desk(matcher, actor)


def add_firms(matcher: Matcher) -> None:
    """Save the sample enterprises."""
    with matcher.writing() as session:
        save_enterprises(session, FIRMS)


def parsed(**values: object) -> ParsedAssociation:
    """What intake makes of the values, by default an association of the big enterprise."""
    given = {"kind": "enterprise", "name": NAME, "enterprise_name": BIG.name, **values}
    found = parse_association(given)
    assert found.record is not None, found.faults
    return found.record


def found(desk: Desk, **values: object) -> Association:
    """An association that stands, with all that it needs."""
    given = {
        "status": "founded",
        "founded_on": "2024-03-01",
        "chair": "示例主席",
        "secretary": "示例秘书长",
        "liaison": "示例联络员",
        **values,
    }
    return associations.create(desk, parsed(**given))


def approve(desk: Desk, association: Association) -> Association:
    """The same, approved."""
    return associations.step(
        desk,
        association.id,
        AssociationStatus.APPROVED,
        StepFacts(on=date(2026, 1, 10)),
        seen=association.version,
    )
