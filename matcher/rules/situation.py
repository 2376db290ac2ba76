"""What the library and the staff know of an enterprise, a partner and their pairing."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.records import Enterprise, PartnerKind
from matcher.rules.facts import FACTS
from matcher.rules.records import FactValue
from matcher.rules.values import Range

Stored = Mapping[str, FactValue]
"""Answers that staff have entered, by the name of the fact."""

_CHINA = (
    *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江"),
    *("安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆"),
    *("四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "中国"),
)
_OUTSIDE = ("香港", "澳门", "台湾", "中国香港", "中国澳门", "中国台湾")
"""Neither abroad nor under the rules of the mainland: somebody has to look."""
_ACADEMICIAN = re.compile("院士(?!(?:专家)?(?:工作站|团队|助理|秘书|候选))")
"""In a title; 院士助理 and the like are none themselves."""
_COUNTED = ("staff_count", "st_staff_count")
_MARKED = ("above_designated", "leading", "high_tech")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseSituation:
    """An enterprise as rules see it.

    Attributes:
        enterprise: the record.
        needs: how many of its needs the library has.
        failed_types: site types of which one of its stations failed two years in a row.
        stored: what staff have found out.
    """

    enterprise: Enterprise
    needs: int = 0
    failed_types: frozenset[str] = frozenset()
    stored: Stored = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSituation:
    """A partner as rules see it.

    Attributes:
        id: the partner's.
        kind: what it is.
        title: professional title; empty if not known.
        region: a province and city, or a country; empty if not known.
        retired: of a person, None: not known.
        stations_elsewhere: stations outside this library, None: not known.
        stations: those of this library that work, each with its type and its enterprise.
        stored: what staff have found out.
    """

    id: str
    kind: PartnerKind
    title: str = ""
    region: str = ""
    retired: bool | None = None
    stations_elsewhere: int | None = None
    stations: tuple[tuple[str, str], ...] = ()
    stored: Stored = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A need and a partner who may found a site together.

    Attributes:
        wanted: code of the site type that the enterprise wants; empty if it does not say.
        enterprise: whose need it is, None: the need does not tell, or it is not to be seen.
        partner: the partner.
        stored: what staff have found out of the pairing.
    """

    partner: PartnerSituation
    wanted: str = ""
    enterprise: EnterpriseSituation | None = None
    stored: Stored = field(default_factory=dict)


def known_facts(situation: Situation, site_type: str) -> dict[str, bool | Range]:
    """All that is known, as it counts for one site type."""
    firm, partner = situation.enterprise, situation.partner
    known = _entered(situation.stored) | _entered(partner.stored) | _of_partner(partner)
    known["other_stations"] = _other_stations(
        partner, site_type, firm.enterprise.id if firm else ""
    )
    if firm is None:
        return known
    return known | _entered(firm.stored) | _of_enterprise(firm, site_type)


def _entered(stored: Stored) -> dict[str, bool | Range]:
    """Answers of staff; one to a question that is asked no more is passed over."""
    known: dict[str, bool | Range] = {}
    for name, value in stored.items():
        if name not in FACTS or FACTS[name].fact.derived or isinstance(value, str):
            continue
        known[name] = value if isinstance(value, bool) else Range(value, value)
    return known


def _of_enterprise(firm: EnterpriseSituation, site_type: str) -> dict[str, bool | Range]:
    known: dict[str, bool | Range] = {
        "library_needs": Range(firm.needs, firm.needs),
        "failed_assessments": site_type in firm.failed_types,
    }
    for name in _MARKED:
        if (mark := getattr(firm.enterprise, name)) is not None:
            known[name] = mark
    for name in _COUNTED:
        if (count := getattr(firm.enterprise, name)) is not None:
            known[name] = Range(count, count)
    # Not every need of an enterprise has been submitted: those here are the least that it has.
    told = firm.stored.get("total_needs")
    most = max(told, firm.needs) if isinstance(told, int | float) else None
    known["total_needs"] = Range(firm.needs, math.inf) if most is None else Range(most, most)
    return known


def _of_partner(partner: PartnerSituation) -> dict[str, bool | Range]:
    known: dict[str, bool | Range] = {}
    if partner.kind is not PartnerKind.EXPERT:
        known["academician"] = False
    elif partner.title:
        known["academician"] = _ACADEMICIAN.search(partner.title) is not None
    if partner.retired is not None:
        known["retired"] = partner.retired
    abroad = _is_abroad(partner.region)
    if abroad is not None:
        known["abroad"] = abroad
    return known


def _is_abroad(region: str) -> bool | None:
    if not region or region.startswith(_OUTSIDE):
        return None
    return not region.startswith(_CHINA)


def _other_stations(partner: PartnerSituation, site_type: str, enterprise_id: str) -> Range:
    """Stations of this type at other enterprises: those here, and elsewhere if that is known.

    Stations elsewhere are not told apart by type; of a person they are workstations.
    """
    here = sum(1 for kind, firm in partner.stations if kind == site_type and firm != enterprise_id)
    if partner.stations_elsewhere is None:
        return Range(here)
    whole = here + partner.stations_elsewhere
    return Range(whole, whole)
