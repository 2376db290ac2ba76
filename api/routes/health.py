"""The state of the service over HTTP."""

from fastapi import APIRouter

from api.deps import MatcherDep
from api.schemas.health import Counts, Health
from matcher import __version__
from matcher.store.changes import library_state
from matcher.store.enterprises import list_enterprises
from matcher.store.needs import count_needs
from matcher.store.partners import count_partners

router = APIRouter(tags=["运行"])


@router.get("/health", summary="查看服务状态")
def show(matcher: MatcherDep) -> Health:
    """数据库能读时返回 200，以及数据和索引的版本、各类记录的数量。"""
    with matcher.reading() as session:
        revision = library_state(session).revision
        by_kind = count_partners(session)
        counts = Counts(
            needs=count_needs(session),
            enterprises=list_enterprises(session, limit=1)[1],
            partners=sum(by_kind.values()),
            partners_by_kind={kind.value: count for kind, count in by_kind.items()},
        )
    return Health(
        status="ok",
        version=__version__,
        model_id=matcher.encoder.model_id,
        store_revision=revision,
        index_revision=matcher.index.revision,
        counts=counts,
    )
