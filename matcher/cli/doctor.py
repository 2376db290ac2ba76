"""The verb doctor: is everything here that the service needs, and if not, what to do."""

import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version

import typer

from matcher.bootstrap import load_encoder, open_library
from matcher.cli.shared import console, describe_error, read_settings
from matcher.embedding.encoder import Encoder
from matcher.errors import MatcherError
from matcher.index.snapshot import current_snapshot
from matcher.live import LiveIndex
from matcher.references import reference_needs
from matcher.settings import Settings
from matcher.store.changes import library_state
from matcher.store.needs import count_needs
from matcher.store.partners import count_partners

_LEAST_DISK = 2 * 1024**3
_PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "sqlalchemy", "fastapi")


class _FailedCheckError(Exception):
    """A check failed; the message says what to do."""


def doctor() -> None:
    """检查运行环境、工作区、数据库、模型和索引。"""
    failed = False
    for name, check in _checks(read_settings()):
        try:
            console.print(f"✓ {name}：{check()}")
        except (_FailedCheckError, MatcherError, OSError) as error:
            failed = True
            problem = error if isinstance(error, _FailedCheckError) else describe_error(error)
            console.print(f"✗ {name}：{problem}", style="red")
    raise typer.Exit(1 if failed else 0)


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    encoders: list[Encoder] = []
    yield "程序", _describe_program
    yield "工作区", lambda: _check_home(settings)
    yield "数据库", lambda: _check_store(settings)
    yield "模型", lambda: _check_model(settings, encoders)
    if encoders:
        yield "索引", lambda: _check_index(settings, encoders[0])


def _describe_program() -> str:
    packages = "，".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"need-matcher {version('need-matcher')}，Python {platform.python_version()}，{packages}"


def _check_home(settings: Settings) -> str:
    home = settings.home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise _FailedCheckError(f"{home} 不可写（{error}）。请检查 MATCHER_HOME 与权限") from error
    free = shutil.disk_usage(home).free
    if free < _LEAST_DISK:
        raise _FailedCheckError(f"{home} 所在磁盘只剩 {free / 1024**3:.1f} GiB，请腾出空间")
    return f"{home}，可写，剩余 {free / 1024**3:.0f} GiB"


def _check_store(settings: Settings) -> str:
    with closing(open_library(settings)) as database, database.reading() as session:
        state = library_state(session)
        partners, needs = sum(count_partners(session).values()), count_needs(session)
        kind = database.engine.dialect.name
    return f"{kind}，版本 {state.revision}，对象 {partners} 个，需求 {needs} 条"


def _check_model(settings: Settings, encoders: list[Encoder]) -> str:
    encoder = load_encoder(settings)
    encoders.append(encoder)
    texts = [f"第{number}条：低压断路器触头温升过高，银合金触点熔焊。" * 8 for number in range(512)]
    started = time.perf_counter()
    encoder.encode_passages(texts)
    speed = len(texts) / (time.perf_counter() - started)
    return f"{encoder.model_id}，{encoder.dimension} 维，每秒 {speed:.0f} 条 200 字段落"


def _check_index(settings: Settings, encoder: Encoder) -> str:
    snapshot = current_snapshot(settings.index_folder)
    if snapshot is None:
        return "还没有快照，首次使用时建立"
    with closing(open_library(settings)) as database:
        index = LiveIndex(database, encoder, settings.index_folder, reference_needs())
        behind = index.check(snapshot.stamp)
    state = f"落后 {behind} 次修改，打开时会跟上" if behind else "与数据库一致"
    return f"版本 {snapshot.stamp.revision}，{state}"
