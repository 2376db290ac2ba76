"""Bodies that the routes would accept, so that a refusal is one of the person, not of the form."""

import json
from typing import Any

from tests.api.authorisation import OWN, Endpoint

FORM = {
    "title": "示例名称",
    "name": "示例名称",
    "label": "示例名称",
    "username": "sample.person",
    "role": "county_staff",
    "problem": "示例：断路器通电后触头发热，温升超标，要找原因。",
    "text": "示例：断路器触头温升过高，怀疑接触电阻太大。",
    "enterprise_name": "示例电气有限公司",
    "county": OWN,
    "note": "示例说明",
    "kind": "expert",
    "need": "N-new",
    "partner": "X1",
    "need_id": "N-new",
    "partner_id": "X1",
    "enterprise_id": "E-own",
    "seen": "1",
}
"""Fields that most forms have; each takes what it knows."""

FORMS: dict[str, dict[str, str]] = {
    "POST /needs/{need_id}/confirm": {"seen": "{need_version}"},
    "POST /needs/{need_id}/edit": {"seen": "{need_version}"},
    "POST /needs/{need_id}/step": {"then": "completed", "seen": ""},
    "POST /needs/{need_id}/reveal": {"contact": "{contact_id}"},
    "POST /needs/{need_id}/forget": {"contact": "{contact_id}"},
    "POST /pairings/new": {"stage": "sent"},
    "POST /pairings/refuse": {"reason": "other"},
    "POST /pairings/{pairing_id}/fail": {"reason": "other"},
    "POST /pairings/{pairing_id}/stage": {"stage": "stationed"},
    "POST /plans/marks": {"mark": "pin"},
    "POST /plans/marks/remove": {"need": "N-own", "partner": "S1"},
    "POST /plans/{plan_id}/adopt": {"need": "N-own", "partner": "S1"},
    "POST /plans/{plan_id}/drop": {"need": "N-own", "partner": "S1", "reason": "other"},
    "POST /plans/{plan_id}/mark": {"need": "N-own", "partner": "S1", "mark": "pin"},
    "POST /contacts/new": {"owner": "need", "owner_id": "N-own"},
    "POST /partners/{partner_id}/merge": {"other": "S1"},
    "POST /stations/{station_id}/steps": {"status": "cancelled"},
    "POST /associations/new": {"kind": "enterprise"},
    "POST /associations/{association_id}/step": {"then": "inactive"},
}
"""What forms send beside the usual fields, or instead of them."""

BODIES: dict[str, dict[str, Any]] = {
    "outcomes": {"kind": "patent", "title": "示例专利", "on": "2026-11-03", "station_id": 0},
    "stations": {
        "name": "示例工作站",
        "type": "society_station",
        "level": "city",
        "enterprise_id": "E-own",
        "partner_ids": ["X1"],
        "agreed_on": "2026-01-01",
        "ends_on": "2029-01-01",
        "status": "cancelled",
        "version": 1,
    },
    "associations": {"version": 1},
    "plans": {"pairs": [{"need_id": "N-own", "partner_id": "S1"}]},
    "accounts": {"username": "sample.person", "name": "示例", "role": "county_staff"},
    "keys": {"name": "示例", "role": "county_staff"},
}
"""What programs send to create or change a record, where the document has no example."""

QUERIES: dict[str, dict[str, str]] = {
    "GET /api/v1/contacts": {"owner": "need", "owner_id": "N-own"},
    "GET /contacts/new": {"owner": "need", "owner_id": "N-own"},
    "GET /api/v1/needs/{need_id}/sites": {"partner": "X1"},
    "PUT /api/v1/needs/{need_id}/sites": {"partner": "X1"},
    "GET /needs/{need_id}/sites": {"partner": "X1"},
    "POST /needs/{need_id}/sites": {"partner": "X1"},
    "DELETE /api/v1/plans/marks": {"need_id": "N-own", "partner_id": "S1"},
    "GET /partners/{partner_id}/merge": {"other": "S1"},
}
"""What the address of a list must say."""

ATTACHMENT = ("示例.txt", "示例内容".encode(), "text/plain")
SPREADSHEET = ("示例.csv", "需求名称,主要问题\n示例需求,示例问题\n".encode(), "text/csv")


def sent_with(endpoint: Endpoint, document: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """What goes with a request: query, form, JSON or file, as the client's arguments."""
    described = document["paths"].get(endpoint.path, {}).get(endpoint.method.lower())
    sent: dict[str, Any] = {"params": QUERIES.get(str(endpoint), {})}
    if described:
        sent["params"] = _query(described, document) | sent["params"]
    if not endpoint.changes:
        return sent
    if endpoint.path.endswith(("/files", "/import")):
        file = SPREADSHEET if endpoint.path.endswith("/import") else ATTACHMENT
        return sent | {"files": {"file": file}, "data": FORM | {"subject": "needs"}}
    if described:
        return sent | {"json": _json(endpoint, described, document, ids)}
    form = FORM | FORMS.get(str(endpoint), {})
    return sent | {"data": {name: value.format_map(ids) for name, value in form.items()}}


def _json(
    endpoint: Endpoint, operation: dict[str, Any], document: dict[str, Any], ids: dict[str, str]
) -> Any:  # noqa: ANN401
    """A body from the document of the API; None where nothing is sent."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    schema = _resolved(content["application/json"]["schema"], document)
    body = _sample(schema, document)
    if isinstance(body, dict):
        known = schema.get("properties", {})
        subject = BODIES.get(endpoint.path.split("/")[3], {})
        body |= {name: value for name, value in subject.items() if name in known}
        given = ids | {"county": OWN}
        body |= {name: _typed(given[name], known[name]) for name in body if name in given}
    return body


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _typed(value: object, schema: dict[str, Any]) -> object:
    """An id as a number where the body has a number."""
    return int(value) if '"integer"' in json.dumps(schema) and isinstance(value, str) else value


def _query(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return {
        each["name"]: _sample(each["schema"], document)
        for each in operation.get("parameters", [])
        if each["in"] == "query" and each.get("required")
    }


def _sample(schema: dict[str, Any], document: dict[str, Any]) -> Any:  # noqa: ANN401
    """A value that a JSON schema accepts: its own example where it gives one."""
    schema = _resolved(schema, document)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    for given in ("anyOf", "oneOf", "allOf"):
        if given in schema:
            return _sample(schema[given][0], document)
    if "properties" in schema:
        required = schema.get("required", [])
        return {name: _sample(schema["properties"][name], document) for name in required}
    if schema.get("type") == "array":
        return [_sample(schema["items"], document)] if schema.get("minItems") else []
    kind = schema.get("type", "")
    kind = kind[0] if isinstance(kind, list) else kind
    plain = {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}
    dated = {"date": "2026-11-22", "date-time": "2026-11-22T08:00:00Z"}
    return plain.get(kind, dated.get(schema.get("format", ""), "示例文字"))
