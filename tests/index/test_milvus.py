"""Vectors in a Milvus, on Milvus Lite: in a file, and as a server that several processes use."""

import base64
import itertools
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import grpc
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matcher.errors import IndexStateError, UnknownNameError
from matcher.index import milvus_server
from matcher.index.milvus import MilvusBackend, open_backend
from matcher.index.milvus_address import Address, IndexKind
from matcher.index.milvus_index import MilvusIndex
from tests.index.milvus_server import FullMilvusServicer, serving
from tests.index.vector_contract import (
    DIMENSION,
    NAME,
    Course,
    VectorContract,
    check_course,
    courses,
    selection,
    some_ids,
    unit_vectors,
    write,
)

REBUILD = "matcher index build"

Big = tuple[MilvusIndex, np.ndarray, np.ndarray]


def nearest(ids: np.ndarray, vectors: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    return ids[np.argsort(-(vectors @ query), kind="stable")[:k]].tolist()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("milvus") / "data") as port:
        yield f"milvus+http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def full_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("milvus") / "data", FullMilvusServicer) as port:
        yield f"milvus+http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def lite_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"milvus+file://{tmp_path_factory.mktemp('milvus') / 'lite.db'}"


@pytest.fixture(params=["lite_file", "full_server"])
def backend(request: pytest.FixtureRequest) -> Iterator[MilvusBackend]:
    """A backend with collections of its own, in a file and on a full server."""
    url = request.getfixturevalue(request.param)
    with closing(open_backend(f"{url}?index=FLAT", f"library_{uuid.uuid4().hex}")) as opened:
        yield opened


class TestContract(VectorContract):
    """What every backend keeps, in a file and on a full server."""

    tolerance = 2e-3


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # leftovers must not matter
)
@given(course=courses(highest=40, most_at_once=15, most_steps=5))
def test_any_course_of_changes_agrees_with_numpy(
    backend: MilvusBackend, course: Course, tmp_path: Path
) -> None:
    folders = (tmp_path / uuid.uuid4().hex for _ in itertools.count())
    check_course(backend, course, folders, tolerance=2e-3)


def test_a_full_server_keeps_half_precision(full_server: str) -> None:
    with closing(open_backend(full_server, "half")) as backend:
        index = backend.empty(NAME, DIMENSION)
        vectors = unit_vectors(300, seed=0)
        index.add(some_ids(300), vectors)
        assert np.array_equal(index.vectors(some_ids(300)), vectors.astype(np.float16))
        again = backend.empty(NAME, DIMENSION)
        again.add(some_ids(300), vectors)
        assert len(again) == 300


BIG = 17_500


@pytest.fixture(scope="module")
def big(server: str) -> Iterator[Big]:
    """More vectors than a server returns at once: the index, its ids and vectors."""
    ids, vectors = some_ids(BIG), unit_vectors(BIG, seed=0, dimension=8)
    with closing(open_backend(f"{server}?index=FLAT", "big")) as backend:
        index = backend.empty(NAME, 8)
        index.add(ids, vectors)
        yield index, ids, vectors


def test_many_are_found_by_searching_deeper(big: Big) -> None:
    index, ids, vectors = big
    queries = unit_vectors(3, seed=5, dimension=8)
    chosen = np.arange(0, BIG, 1)[vectors[:, 0] > -0.65]
    assert len(chosen) > milvus_server.MOST_RESULTS
    allowed = selection(ids[chosen])
    for query, (found, cosines) in zip(
        queries, index.search_many(queries, 40, allowed), strict=True
    ):
        assert found.tolist() == nearest(ids[chosen], vectors[chosen], query, 40)
        assert cosines == pytest.approx(np.sort(vectors[chosen] @ query)[::-1][:40], abs=1e-5)


def test_those_far_away_are_found_among_all_that_are_allowed(big: Big) -> None:
    index, ids, vectors = big
    query = unit_vectors(1, seed=6, dimension=8)[0]
    chosen = np.sort(np.argsort(vectors @ query)[:16_500])
    found, cosines = index.search(query, 16_400, selection(ids[chosen]))
    assert len(set(found.tolist()) & set(ids[chosen].tolist())) == 16_400
    expected = np.sort(vectors[chosen] @ query)[::-1][:16_400]
    assert cosines == pytest.approx(expected, abs=1e-5)


def test_a_few_thousand_allowed_are_searched_by_the_server(big: Big) -> None:
    index, ids, vectors = big
    query = unit_vectors(1, seed=7, dimension=8)[0]
    chosen = np.arange(0, BIG, 5)
    found, _ = index.search(query, 25, selection(ids[chosen]))
    assert found.tolist() == nearest(ids[chosen], vectors[chosen], query, 25)


@pytest.mark.parametrize("kind", ["HNSW", "IVF_SQ8", "AUTOINDEX"])
def test_every_kind_of_index_honours_what_is_allowed(
    server: str, tmp_path: Path, kind: str
) -> None:
    with closing(open_backend(f"{server}?index={kind}", f"kind {kind}")) as backend:
        ids, vectors = some_ids(4500), unit_vectors(4500, seed=0)
        write(backend, tmp_path / "snapshot", ids, vectors)
        index = backend.load(tmp_path / "snapshot", NAME)
        removed, allowed = ids[:40], ids[::2]
        index.remove(removed)
        kept = np.setdiff1d(allowed, removed)
        queries = unit_vectors(20, seed=3)
        recalled = 0
        for query, (found, _) in zip(
            queries, index.search_many(queries, 50, selection(allowed)), strict=True
        ):
            assert len(found) == 50
            assert set(found.tolist()) <= set(kept.tolist())
            expected = nearest(kept, vectors[np.searchsorted(ids, kept)], query, 50)
            recalled += len(set(found.tolist()) & set(expected))
        assert recalled / (20 * 50) >= 0.95
        few = selection(kept[:30])
        expected = vectors[np.searchsorted(ids, few.ids)] @ queries[0]
        assert index.similarities(queries[0], few.ids) == pytest.approx(expected, abs=1e-5)
        found, cosines = index.search(queries[0], 40, few)
        assert sorted(found.tolist()) == few.ids.tolist()
        assert cosines == pytest.approx(np.sort(expected)[::-1], abs=1e-5)


def test_two_processes_share_a_collection(server: str) -> None:
    with (
        closing(open_backend(server, "shared")) as one,
        closing(open_backend(server, "shared")) as two,
    ):
        ahead, behind = one.empty(NAME, DIMENSION), two.empty(NAME, DIMENSION)
        ids, vectors = some_ids(300), unit_vectors(300, seed=0)
        for index in (ahead, behind):
            index.add(ids[:200], vectors[:200])
        ahead.add(ids[200:], vectors[200:])
        ahead.remove(ids[:50])
        query = vectors[250]
        assert ahead.search(query, 30)[0].tolist() == nearest(ids[50:], vectors[50:], query, 30)
        assert behind.search(query, 30)[0].tolist() == nearest(ids[:200], vectors[:200], query, 30)
        behind.add(ids[200:], vectors[200:])
        behind.remove(ids[:50])
        assert behind.ids.tolist() == ahead.ids.tolist()
        assert behind.search(query, 300)[0].tolist() == ahead.search(query, 300)[0].tolist()


def test_two_models_lie_side_by_side_until_one_is_dropped(server: str) -> None:
    with (
        closing(open_backend(server, "library/bge-m3")) as old,
        closing(open_backend(server, "library/bge_m3")) as new,
    ):
        assert old.collection(NAME) != new.collection(NAME)
        assert old.collection(NAME).replace("_", "").isalnum()
        ids, vectors = some_ids(20), unit_vectors(20, seed=0)
        before, after = old.empty(NAME, DIMENSION), new.empty(NAME, DIMENSION)
        before.add(ids, vectors)
        after.add(ids, -vectors)
        assert before.search(vectors[3], 1)[0].tolist() == [ids[3]]
        assert after.search(-vectors[4], 1)[0].tolist() == [ids[4]]
        old.drop(NAME)
        old.drop(NAME)
        assert after.search(-vectors[4], 1)[0].tolist() == [ids[4]]
        assert len(old.empty(NAME, DIMENSION)) == 0


def test_after_a_crash_the_older_snapshot_is_brought_up_to_date(
    backend: MilvusBackend, tmp_path: Path
) -> None:
    ids, vectors = some_ids(30), unit_vectors(30, seed=0)
    older = write(backend, tmp_path / "older", ids[:20], vectors[:20])
    crashed = backend.load(older, NAME)
    crashed.add(ids[20:], vectors[20:])
    crashed.remove(ids[:5])
    write(backend, tmp_path / "unpublished", crashed.ids, crashed.vectors(crashed.ids))

    index = backend.load(older, NAME)
    assert index.ids.tolist() == ids[:20].tolist()
    assert index.search(vectors[25], 20)[0].tolist() == nearest(
        ids[:20], vectors[:20], vectors[25], 20
    )
    index.add(ids[20:], vectors[20:])
    index.remove(ids[:5])
    assert index.search(vectors[25], 1)[0].tolist() == [ids[25]]
    assert index.ids.tolist() == ids[5:].tolist()


def test_tidying_deletes_what_the_snapshot_lacks_and_nothing_newer(
    backend: MilvusBackend, tmp_path: Path
) -> None:
    ids, vectors = some_ids(30), unit_vectors(30, seed=0)
    older = write(backend, tmp_path / "older", ids[:20], vectors[:20])
    newer = write(backend, tmp_path / "newer", ids[5:20], vectors[5:20])
    ahead = backend.load(newer, NAME)
    ahead.add(ids[20:], vectors[20:])
    assert backend.tidy(newer, NAME) == 5
    assert backend.tidy(newer, NAME) == 0
    assert backend.tidy(write(backend, tmp_path / "empty", ids[:0], vectors[:0]), NAME) == 0
    assert ahead.vectors(ids[5:]) == pytest.approx(vectors[5:], abs=1e-3)
    with pytest.raises(IndexStateError, match="缺少 5 段"):
        backend.load(older, NAME).vectors(ids[:20])
    backend.drop(NAME)
    assert backend.tidy(newer, NAME) == 0


def test_a_snapshot_holds_the_vectors_written_last(backend: MilvusBackend, tmp_path: Path) -> None:
    ids, vectors = some_ids(600), unit_vectors(600, seed=0)
    order = np.random.default_rng(1).permutation(600)
    write(backend, tmp_path / "one", ids, -vectors)
    index = backend.load(write(backend, tmp_path / "two", ids[order], vectors[order]), NAME)
    assert index.ids.tolist() == ids.tolist()
    assert index.vectors(ids[order]) == pytest.approx(vectors[order], abs=1e-3)
    index.add(ids[3:4], vectors[8:9])
    assert index.vectors(ids[3:4]) == pytest.approx(vectors[8:9], abs=1e-3)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "ids.i64").unlink(),
        lambda folder: (folder / "ids.i64").write_bytes(b"12345678"),
        lambda folder: (folder / "collection.json").write_text("{", encoding="utf-8"),
        lambda folder: (folder / "collection.json").write_text("{}", encoding="utf-8"),
        lambda folder: (folder / "collection.json").unlink(),
    ],
)
def test_a_damaged_folder_says_what_to_do(
    server: str, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    with closing(open_backend(server, "damaged")) as backend:
        folder = write(backend, tmp_path / "snapshot", some_ids(4), unit_vectors(4, seed=0))
        damage(folder)
        with pytest.raises(IndexStateError, match=REBUILD):
            backend.load(folder, NAME)


def test_a_folder_that_does_not_fit_the_server_says_what_to_do(server: str, tmp_path: Path) -> None:
    with (
        closing(open_backend(server, "fits")) as backend,
        closing(open_backend(server, "other")) as other,
    ):
        folder = write(backend, tmp_path / "snapshot", some_ids(4), unit_vectors(4, seed=0))
        with pytest.raises(IndexStateError, match=f"另一个模型.*{REBUILD}"):
            other.load(folder, NAME)
        with pytest.raises(IndexStateError, match=r"长度是 16，而这里需要 8.*MATCHER_MODEL"):
            backend.empty(NAME, 8)
        backend.drop(NAME)
        with pytest.raises(IndexStateError, match=f"缺少 4 段.*{REBUILD}"):
            backend.load(folder, NAME)
        backend.empty(NAME, DIMENSION)
        with pytest.raises(IndexStateError, match=f"缺少 4 段.*{REBUILD}"):
            backend.load(folder, NAME)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://host:19530", "必须以 milvus"),
        ("milvus+ftp://host", "不支持 milvus"),
        ("milvus+http://", "缺少主机"),
        ("milvus+http://host:port", "端口"),
        ("milvus+http://host:99999", "端口"),
        ("milvus+file://name.db", "完整路径"),
        ("milvus+file:///folder/name", "完整路径"),
        ("milvus+http://host?index", "问号"),
    ],
)
def test_a_wrong_url_says_what_is_possible(url: str, words: str) -> None:
    with pytest.raises(IndexStateError, match=f"MATCHER_VECTORS.*{words}.*19530"):
        open_backend(url, "x")


def test_an_unknown_index_or_option_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="HNSW、IVF_SQ8"):
        open_backend("milvus+http://host?index=PQ", "x")
    with pytest.raises(UnknownNameError, match="index"):
        open_backend("milvus+http://host?indx=HNSW", "x")


def test_what_a_url_says() -> None:
    address = Address.parse("milvus+https://user:p%40ss@host:443/city?index=IVF_SQ8")
    assert address == Address("https://host:443", "user:p@ss", "city", IndexKind.IVF_SQ8)
    assert "p@ss" not in str(address)
    assert Address.parse("milvus+http://[::1]:19530").uri == "http://[::1]:19530"
    file = Address.parse("milvus+file:///a%20b/c.db")
    assert (file.uri, file.file, file.kind) == ("/a b/c.db", True, IndexKind.FLAT)


def test_a_search_is_told_how_hard_to_look() -> None:
    assert IndexKind.HNSW.search_parameters(400, 1.0) == {"ef": 600}
    assert IndexKind.IVF_SQ8.search_parameters(400, 1.0) == {"nprobe": 128}
    assert IndexKind.IVF_SQ8.search_parameters(400, 0.1) == {"nprobe": 1280}
    assert IndexKind.FLAT.search_parameters(400, 0.1) == {}


class _Guard(grpc.ServerInterceptor):
    """Lets in who brings the password."""

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler],
        details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler:
        brought = dict(details.invocation_metadata).get("authorization")
        if brought == base64.b64encode(b"clerk:secret").decode():
            return continuation(details)

        def refuse(_request: bytes, context: grpc.ServicerContext) -> None:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")

        return grpc.unary_unary_rpc_method_handler(refuse)


def test_a_wrong_password_is_refused_and_never_shown(tmp_path: Path) -> None:
    with serving(tmp_path / "data", interceptors=[_Guard()]) as port:
        with closing(open_backend(f"milvus+http://clerk:secret@127.0.0.1:{port}", "x")) as backend:
            assert len(backend.empty(NAME, DIMENSION)) == 0
        with pytest.raises(IndexStateError, match="用户名或密码") as caught:
            open_backend(f"milvus+http://clerk:guessed@127.0.0.1:{port}", "x")
    assert "guessed" not in caught.value.message


def test_a_server_that_is_not_there_says_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(IndexStateError, match=f"127.0.0.1:{port}.*没有回答.*MATCHER_VECTORS"):
            open_backend(f"milvus+http://127.0.0.1:{port}", "x")


def test_a_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milvus_server, "_CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(IndexStateError, match="没有回答"):
            open_backend(f"milvus+http://127.0.0.1:{port}", "x")


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match=r"无法打开.*MATCHER_VECTORS"):
        open_backend(f"milvus+file://{tmp_path}/no/folder/lite.db", "x")


def test_a_server_that_comes_back_is_used_again(tmp_path: Path) -> None:
    ids, vectors = some_ids(5), unit_vectors(5, seed=0)
    with serving(tmp_path / "data") as port:
        backend = open_backend(f"milvus+http://127.0.0.1:{port}", "x")
        index = backend.empty(NAME, DIMENSION)
        index.add(ids, vectors)
    for attempt in (
        lambda: index.search(vectors[0], 1),
        lambda: index.similarities(vectors[0], ids),
        lambda: index.add(ids, vectors),
        lambda: backend.empty(NAME, DIMENSION),
    ):
        with pytest.raises(IndexStateError, match="没有回答"):
            attempt()
    with serving(tmp_path / "data", port=port):
        # The client waits a second or so before it tries a lost connection again, and Milvus
        # Lite has to be asked to load its collections again, which a full server does by itself.
        end = time.monotonic() + 15
        while not answers(lambda: backend.empty(NAME, DIMENSION)) and time.monotonic() < end:
            time.sleep(0.1)
        assert index.search(vectors[0], 1)[0].tolist() == [ids[0]]
        backend.close()


def answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except IndexStateError:
        return False
    return True


def test_what_the_server_refuses_is_passed_on(server: str) -> None:
    with closing(open_backend(server, "x")) as backend:
        index = backend.empty(NAME, DIMENSION)
        with pytest.raises(IndexStateError, match=r"没有完成操作.*dim"):
            index.add(some_ids(2), unit_vectors(2, seed=0, dimension=4))


@pytest.mark.parametrize("missing", ["pymilvus", "milvus_lite"])
def test_a_missing_package_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(IndexStateError, match=r"pip install 'need-matcher\[milvus\]'"):
        open_backend(f"milvus+file://{tmp_path}/lite.db", "x")


def test_the_client_library_is_not_loaded_unless_it_is_used() -> None:
    code = (
        "import sys, matcher.index.milvus; "
        "print({'pymilvus', 'grpc', 'milvus_lite', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "grpc" not in done.stdout
    assert "milvus" not in done.stdout
