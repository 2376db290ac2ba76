"""Pages of monthly batches: the list, progress, documents; starting and cancelling."""

import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.batch.launching import Launch, Launcher
from matcher.batch.lock import held
from matcher.casework.batches import BatchState, BatchStep, StepProgress
from matcher.people import Role
from matcher.people.days import today
from matcher.service import Matcher
from matcher.settings import Settings
from matcher.store.batch_runs import is_cancelled, save_step
from tests.api.html import check_page, links, text
from tests.batches import BEGUN, add_batch
from tests.people import SESSIONS, account, cookie_of, form_token_of, sign_in

MONTH = f"{today():%Y-%m}"


class NotedLauncher(Launcher):
    """Starts nothing, but writes down what it was asked for; the last start may have failed."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.asked: list[tuple[str, bool]] = []
        self.ended: Launch | None = None

    def launch(self, month: str, by: str, *, fresh: bool = False) -> Launch:
        self.asked.append((month, fresh))
        return Launch(month=month, at=BEGUN, by=by, pid=1)

    def last(self) -> Launch | None:
        return self.ended


@pytest.fixture
def launcher(filled: Matcher) -> NotedLauncher:
    return NotedLauncher(Settings(home=filled.home))


@pytest.fixture
def client(filled: Matcher, launcher: NotedLauncher) -> Iterator[TestClient]:
    app = create_app(filled, sessions=SESSIONS, launcher=launcher)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(filled, Role.CITY_STAFF))


def shown(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    check_page(answer.text)
    return answer.text


def test_before_the_first_batch(client: TestClient, filled: Matcher) -> None:
    page = shown(client, "/batches")
    assert "还没有月度批次。 在上面选好月份，按“开始批次”。" in text(page)
    assert f'<option value="{MONTH}">' in page
    assert page.count("<option") == 12
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    page = shown(client, "/batches")
    assert "做完以后这里有本县区的月报和对接函" in text(page)
    assert "开始批次" not in text(page)


def test_a_batch_is_started(client: TestClient, launcher: NotedLauncher) -> None:
    answer = client.post("/batches", data={"month": MONTH}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/batches?started=1")
    client.post("/batches", data={"month": MONTH, "fresh": "1"})
    assert launcher.asked == [(MONTH, False), (MONTH, True)]


def test_a_wrong_month_is_told(client: TestClient, launcher: NotedLauncher) -> None:
    answer = client.post("/batches", data={"month": "2026-13"})
    assert answer.status_code == 422
    check_page(answer.text)
    assert "月份“2026-13”写得不对，应写成 2026-11 的样子" in text(answer.text)
    assert client.post("/batches", data={"month": "9999-01"}).status_code == 422
    assert launcher.asked == []


def test_from_the_start_to_the_progress(client: TestClient, filled: Matcher) -> None:
    with held(filled.database, filled.home):
        page = shown(client, "/batches?started=1")
        assert "批次正在启动" in text(page)
        assert '<meta http-equiv="refresh" content="3;url=/batches?started=1">' in page
        assert "开始批次</button>" not in page
        batch = add_batch(filled, state=BatchState.RUNNING, documents=())
        answer = client.get("/batches?started=1", follow_redirects=False)
        assert answer.headers["location"] == f"/batches/{batch.id}"
        page = shown(client, "/batches")
        assert "2026年10月的批次正在运行， 查看进度 。" in text(page)
        refused = client.post("/batches", data={"month": MONTH})
        assert refused.status_code == 409
        assert "2026-10 月度批次正在运行：测试启动，server 上的进程 4711" in text(refused.text)


def test_how_far_it_is(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.RUNNING, documents=())
    with filled.database.appending() as session:
        progress = StepProgress(
            step=BatchStep.SCREENING, done=300, total=1200, seconds=6, started_at=BEGUN
        )
        save_step(session, batch.id, progress)
    with held(filled.database, filled.home):
        page = shown(client, f"/batches/{batch.id}")
    assert "1. 筛选需求 25% 300 / 1200 条需求 6 秒" in text(page)
    assert "2. 逐项匹配 0% 还没有开始" in text(page)
    assert f'data-batch="/api/v1/batches/{batch.id}?documents=false"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "/static/batch.js" in page
    assert "取消批次" in text(page)


def test_it_is_cancelled(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.RUNNING, documents=())
    path = f"/batches/{batch.id}/cancel"
    with held(filled.database, filled.home):
        assert client.post(path, follow_redirects=False).status_code == 303
        page = shown(client, f"/batches/{batch.id}")
    assert "正在停下：做完手头的一小部分就停" in text(page)
    assert "取消批次" not in text(page)
    with filled.reading() as session:
        assert is_cancelled(session, batch.id)
    late = client.post(path)
    assert late.status_code == 409
    assert "这个批次现在是“意外中断”，没有在运行，不用取消" in text(late.text)


def test_a_form_of_another_session_cancels_nothing(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.RUNNING, documents=())
    client.headers["X-CSRF-Token"] = form_token_of(cookie_of(account(filled)))
    with held(filled.database, filled.home):
        assert client.post(f"/batches/{batch.id}/cancel").status_code == 403
        assert client.post("/batches", data={"month": MONTH}).status_code == 403
    with filled.reading() as session:
        assert not is_cancelled(session, batch.id)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (BatchState.INTERRUPTED, "运行到一半意外停了"),
        (BatchState.CANCELLED, "已按要求停下"),
        (BatchState.FAILED, "做到一半出了错"),
    ],
)
def test_what_stopped_can_be_gone_on_with(
    client: TestClient, filled: Matcher, launcher: NotedLauncher, state: BatchState, told: str
) -> None:
    batch = add_batch(filled, state=state, error="磁盘坏了" if state is BatchState.FAILED else "")
    page = shown(client, f"/batches/{batch.id}")
    assert told in text(page)
    assert ("磁盘坏了" in text(page)) is (state is BatchState.FAILED)
    month, fresh = re.findall(r'name="(?:month|fresh)" value="([^"]+)"', page)[-2:]
    assert (month, fresh) == ("2026-10", "1")
    client.post("/batches", data={"month": month})
    assert launcher.asked == [("2026-10", False)]


def test_what_is_outdated_is_not_gone_on_with(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.OUTDATED, error="没有接着做：资料库有变动")
    page = shown(client, f"/batches/{batch.id}")
    assert "没有接着做：资料库有变动" in text(page)
    assert "接着做</button>" not in page


def test_documents_and_what_it_was_made_from(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.FINISHED)
    page = shown(client, f"/batches/{batch.id}")
    assert "文档 4 份" in text(page)
    assert "乐清市的对接函 1 份" in text(page)
    assert "版本 7（7f）" in text(page)
    assert "每条需求最多几个对象 3" in text(page)
    assert "每年可对接 院士专家 3" in text(page)
    assert "rules/place.yaml 00ff" in text(page)
    documents = [link for link in links(page) if "/documents/" in link]
    assert len(documents) == 4
    taken = client.get(documents[0])
    assert taken.text == "全市.txt"
    assert "attachment" in taken.headers["content-disposition"]
    everything = client.get(f"/batches/{batch.id}/documents")
    assert everything.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(everything.content)) as archive:
        assert len(archive.namelist()) == 4
    county = client.get(f"/batches/{batch.id}/documents", params={"county": "乐清市"})
    with ZipFile(BytesIO(county.content)) as archive:
        assert archive.namelist() == ["乐清市.txt", "对接函/乐清市/1.txt"]
    assert (
        client.get(f"/batches/{batch.id}/documents", params={"county": "某县"}).status_code == 404
    )


def test_a_county_sees_its_own(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.FINISHED)
    sign_in(client, account(filled, Role.COUNTY_STAFF, "平阳县"))
    page = shown(client, f"/batches/{batch.id}")
    assert "平阳县 Excel 附表 1 KB" in text(page)
    assert "乐清市" not in page
    assert "/data/out" not in page
    assert "7f" not in text(page)
    assert [link for link in links(page) if "/documents/" in link] != []


def test_who_only_reads_sees_names(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.FINISHED)
    sign_in(client, account(filled, Role.READ_ONLY))
    page = shown(client, f"/batches/{batch.id}")
    assert "下载文档需要“导出”的权限" in text(page)
    assert "全市 Word 1 KB" in text(page)
    assert "对接函" not in text(page)
    assert [link for link in links(page) if "/documents" in link] == []


def test_there_is_no_such_batch(client: TestClient) -> None:
    for number in (404, 2**40):
        assert client.get(f"/batches/{number}").status_code == 404


def test_a_start_that_failed_is_told(
    client: TestClient, filled: Matcher, launcher: NotedLauncher
) -> None:
    log = filled.home / "batches" / f"{MONTH} 运行记录.txt"
    log.parent.mkdir(parents=True)
    log.write_text("读取模型\n错误：模型坏了\n", encoding="utf-8")
    launcher.ended = Launch(month=MONTH, at=BEGUN, by="某人", pid=1, status=1)
    assert "上次从网页启动没有成功：模型坏了" in text(shown(client, "/batches"))
    add_batch(filled, state=BatchState.FAILED)
    assert "没有成功" not in text(shown(client, "/batches")), "the batch itself tells it"


def test_the_first_page_has_the_last_batch(client: TestClient, filled: Matcher) -> None:
    assert "最近的月度批次" not in text(shown(client, "/"))
    batch = add_batch(filled, state=BatchState.FINISHED)
    page = shown(client, "/")
    assert "2026年10月批次 已完成" in text(page)
    assert f"/batches/{batch.id}" in links(page)
    assert "全市.txt 月报（Word）" in text(page)
    sign_in(client, account(filled, Role.COUNTY_STAFF, "平阳县"))
    page = shown(client, "/")
    assert "平阳县.txt" in page
    assert "全市.txt" not in page


def test_a_real_start_that_fails(filled: Matcher, tmp_path: Path) -> None:
    """A model that is not there: the process ends, and the page says why."""
    settings = Settings(home=tmp_path / "home", database_url="", model=str(tmp_path / "no model"))
    launcher = Launcher(settings)
    launcher.launch(MONTH, "某人")
    end = time.monotonic() + 60
    while not (last := launcher.last()) or last.status is None:
        assert time.monotonic() < end, "it did not end"
        time.sleep(0.1)
    assert (last.month, last.by, last.failed) == (MONTH, "某人", True)
    assert "模型" in launcher.message(last)
    app = create_app(filled, sessions=SESSIONS, launcher=launcher)
    with TestClient(app) as opened:
        sign_in(opened, account(filled, Role.CITY_STAFF))
        assert "上次从网页启动没有成功：" in text(shown(opened, "/batches"))
