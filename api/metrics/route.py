"""The address at which Prometheus asks.

The numbers tell nobody's data, but how much there is and how it is used: they are for this machine,
or for whoever knows the token. With a token set, this machine needs it as well: behind a proxy that
does not say whom it asks for, everybody seems to come from here.
"""

import hmac
from ipaddress import IPv6Address, ip_address

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from api.auth import client_address
from api.metrics.metrics import Metrics

router = APIRouter()

_BEARER = "bearer "


@router.get("/metrics")
def show(request: Request) -> Response:
    """All metrics; 401 or 403 in plain words to others."""
    token: str = request.state.metrics_token
    if token and not _sends(request, token):
        return PlainTextResponse(
            "需要访问令牌（MATCHER_METRICS_TOKEN）\n", 401, {"WWW-Authenticate": "Bearer"}
        )
    if not token and not _is_loopback(client_address(request)):
        return PlainTextResponse(
            "运行指标只供本机读取。要从别处读取，请在服务器上设置 MATCHER_METRICS_TOKEN\n", 403
        )
    metrics: Metrics = request.state.metrics
    content, media_type = metrics.render(request.headers.get("accept", ""))
    return Response(content, media_type=media_type)


def _sends(request: Request, token: str) -> bool:
    header = request.headers.get("authorization", "")
    sent = header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""
    return hmac.compare_digest(sent.encode(), token.encode())


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.is_loopback
    return parsed.is_loopback
