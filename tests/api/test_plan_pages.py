"""The pages of monthly plans."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.needs import NeedStatus
from matcher.casework.plans import Mark, PlanMark
from matcher.desk import Desk, plan_jobs
from matcher.pairing.records import InfeasiblePlanError
from matcher.people import Role, actor_of_program
from matcher.planning.settings import FILE
from matcher.service import Matcher
from matcher.store.need_steps import set_status
from matcher.store.plan_marks import set_mark
from matcher.store.plans import add_plan
from tests.api.html import buttons, check_page, links, text
from tests.people import SESSIONS, account, sign_in
from tests.plans import NOW, PAIRS, plan

ONE = "/plans/1"


@pytest.fixture
def kept(filled: Matcher) -> Matcher:
    with filled.writing() as session:
        add_plan(session, plan(), PAIRS)
    return filled


@pytest.fixture
def county(kept: Matcher) -> Iterator[TestClient]:
    """Signed in as staff of 平阳县, whose need N2 is."""
    app = create_app(kept, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(kept, Role.COUNTY_STAFF, "平阳县"))


def shown(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    check_page(answer.text)
    return answer.text


def sent(client: TestClient, path: str, **fields: str) -> str:
    """A form sent; the page that it leads to."""
    answer = client.post(path, data=fields)
    check_page(answer.text)
    return answer.text


def board(matcher: Matcher) -> plan_jobs.JobBoard:
    return plan_jobs.board_of(Desk(matcher, actor_of_program()))


def test_without_plans_the_list_says_what_to_do(client: TestClient) -> None:
    page = shown(client, "/plans")
    assert "还没有方案" in text(page)
    assert "生成方案" in text(page)
    assert 'name="partners_per_need" value="3"' in page


def test_the_list(client: TestClient, kept: Matcher) -> None:
    with kept.writing() as session:
        add_plan(session, plan(), ())
        add_plan(session, plan("2026-10"), ())
    page = shown(client, "/plans")
    told = text(page)
    assert told.count("最新") - told.count("最新的算数") == 2
    assert [link for link in links(page) if link.startswith("/plans/")][1:4] == [
        "/plans/2",
        "/plans/1",
        "/plans/3",
    ]
    assert "第 1 号" in told
    assert "/plans/3" not in links(shown(client, "/plans?month=2026-11"))
    assert "还没有方案" in text(shown(client, "/plans?month=2026-09"))
    shown(client, "/plans?month=hello", 422)
    assert "共 1 页" in text(shown(client, "/plans?page=9"))


def test_making_a_plan_from_the_page(client: TestClient, filled: Matcher) -> None:
    answer = client.post(
        "/plans",
        data={"month": "2026-11", "partners_per_need": "2", "wanted_kind": "preferred"},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans/making")
    for _ in range(600):
        answer = client.get("/plans/making", follow_redirects=False)
        if answer.status_code == 303:
            break
        check_page(answer.text)
        assert '<meta http-equiv="refresh"' in answer.text
    assert answer.headers["location"] == "/plans/1?done=made"
    page = shown(client, "/plans/1?done=made")
    assert "方案已经做好" in text(page)
    assert "每条需求最多几个对象：2" in text(page)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("month", "下个月", "如 2026-11"),
        ("partners_per_need", "0", "不能小于 1"),
        ("partners_per_need", "三", "应填整数"),
        ("time_limit", "99999", "不能大于"),
    ],
)
def test_a_wrong_setting_is_told_beside_its_field(
    client: TestClient, field: str, value: str, told: str
) -> None:
    answer = client.post("/plans", data={"month": "2026-11"} | {field: value})
    assert answer.status_code == 422
    check_page(answer.text)
    assert told in text(answer.text)
    assert f'name="{field}" value="{value}"' in answer.text, "what was typed is not lost"
    assert "aria-invalid" in answer.text


def test_a_faulty_file_of_settings_is_told(client: TestClient, filled: Matcher) -> None:
    path = filled.home / FILE
    path.parent.mkdir(parents=True)
    path.write_text("每条需求: 3", encoding="utf-8")
    page = text(shown(client, "/plans"))
    assert "方案设置有误" in page
    assert "开始生成" not in page


def test_the_progress_survives_a_reload_and_can_be_cancelled(
    client: TestClient, kept: Matcher
) -> None:
    answer = client.get("/plans/making", follow_redirects=False)
    assert answer.headers["location"] == "/plans", "nothing is being made"
    making = board(kept).begin("2026-11", "别人")
    making.progress("匹配对象", 64, 128)
    for _ in range(2):
        page = shown(client, "/plans/making")
        assert "匹配对象，64 / 128" in text(page)
        assert '<progress max="128" value="64">' in page
    assert "别人正在生成 2026-11 的方案" in text(shown(client, "/plans"))
    answer = client.post("/plans", data={"month": "2026-11"})
    assert answer.status_code == 409
    assert "请等它完成" in text(answer.text)
    sent(client, "/plans/making/cancel")
    with pytest.raises(Exception, match="已取消") as caught:
        making.progress("匹配对象", 65, 128)
    making.fail(caught.value)
    assert "没有保存任何内容" in text(shown(client, "/plans/making"))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("boom"), "意外错误"),
        (
            InfeasiblePlanError(
                ("X1“触头专家”只能再接 1 项",), ("把 X1 还可承接的项数由 1 调到 2",)
            ),
            "把 X1 还可承接的项数由 1 调到 2",
        ),
    ],
)
def test_why_no_plan_was_made(
    client: TestClient, kept: Matcher, error: Exception, told: str
) -> None:
    board(kept).begin("2026-11", "别人").fail(error)
    assert told in text(shown(client, "/plans/making"))
    assert "没有生成" in text(shown(client, "/plans"))


def test_an_interrupted_one_is_told(client: TestClient, kept: Matcher) -> None:
    making = board(kept).begin("2026-11", "别人")
    making.progress("匹配对象", 1, 2)
    making._lock.release()
    assert "程序停止或重新启动了" in text(shown(client, "/plans/making"))


def test_a_plan_by_needs(client: TestClient, kept: Matcher) -> None:
    page = shown(client, ONE)
    told = text(page)
    for words in (
        "2026年11月月度方案",
        "与逐条挑选相比，多服务 1 条需求",
        "断路器触头温升过高",
        "触头专家",
        "强推荐",
        "今年 0 项，方案还要安排 1 项，每年可对接 3 项",
        "适合建站：学会服务站（待核实：进站专家数）",
        "全部采纳（3 对）",
    ):
        assert words in told, words
    assert told.index("平阳县 牛皮") < told.index("乐清市 断路器"), "in the order of the plan"
    assert set(buttons(page, "stage")) == {"recommended", "sent"}
    assert "/needs/N1/sites?partner=X1" in links(page)


def test_filters_and_orders(client: TestClient, kept: Matcher) -> None:
    page = text(shown(client, f"{ONE}?kind=society"))
    assert "中国电工技术学会" in page
    assert "触头专家" not in page
    assert "采纳符合条件的 1 对" in page
    page = text(shown(client, f"{ONE}?band=good"))
    assert "没有符合这些条件的配对" in page
    assert "皮革专家" in text(shown(client, f"{ONE}?county=平阳县&state=proposed&q=N2"))
    by_chance = text(shown(client, f"{ONE}?sort=probability"))
    assert by_chance.index("皮革专家") < by_chance.index("触头专家")
    shown(client, f"{ONE}?kind=nobody", 422)
    shown(client, f"{ONE}?sort=odd&view=odd")
    assert "共 1 页" in text(shown(client, f"{ONE}?page=7"))
    shown(client, "/plans/99", 404)
    shown(client, f"/plans/{10**12}", 404)


def test_partners_and_unmet_needs(client: TestClient, kept: Matcher) -> None:
    page = text(shown(client, f"{ONE}?view=partners"))
    assert "皮革专家 院士专家 示例" in page
    assert "推定" in page
    page = text(shown(client, f"{ONE}?view=unmet"))
    assert "小型断路器触头粘连" in page
    assert "最接近的对象证据也不足" in page
    assert "旅德化学会" in page


def test_adopting_one(client: TestClient, kept: Matcher) -> None:
    page = sent(client, f"{ONE}/adopt", need="N1", partner="X1", stage="sent", place="1", q="触头")
    assert "已采纳，对接里有了这一对" in text(page)
    assert "已推送" in text(page)
    assert "/pairings/1" in links(page)
    answer = client.post(
        f"{ONE}/adopt",
        data={"need": "N1", "partner": "S1", "place": "2", "county": "乐清市"},
        follow_redirects=False,
    )
    there = answer.headers["location"]
    assert there.endswith("#p2")
    assert "done=adopted" in there
    assert "county=" in there
    late = client.post(f"{ONE}/adopt", data={"need": "N1", "partner": "X1"})
    assert late.status_code == 409
    assert "还没有办理。市级管理员已经办理过这一对" in text(late.text)
    assert client.post(f"{ONE}/adopt", data={"need": "N3", "partner": "X1"}).status_code == 404


def test_adopting_all_tells_what_is_not_possible(client: TestClient, kept: Matcher) -> None:
    with kept.writing() as session:
        set_status(session, "N2", NeedStatus.CLOSED)
    page = sent(client, f"{ONE}/adopt-all", stage="recommended")
    told = text(page)
    assert "已采纳 2 对" in told
    assert "另有 1 对没有采纳" in told
    assert "已关闭" in told
    assert "需求现在是“已关闭”，不再寻找对象" in told
    wrong = client.post(f"{ONE}/adopt-all", data={"stage": "signed"})
    assert wrong.status_code == 422


def test_dropping(client: TestClient, kept: Matcher) -> None:
    page = sent(client, f"{ONE}/drop", need="N1", partner="X1", reason="wrong_field")
    assert "已记为不合适" in text(page)
    assert "查看对接" in text(page)
    answer = client.post(f"{ONE}/drop", data={"need": "N1", "partner": "S1"})
    assert answer.status_code == 422
    assert "请选择不合适的原因" in text(answer.text)


def test_marking_a_pair_of_the_plan(client: TestClient, kept: Matcher) -> None:
    pair = {"need": "N1", "partner": "X1"}
    assert "已指定" in text(sent(client, f"{ONE}/mark", mark="pin", **pair))
    page = shown(client, ONE)
    assert "取消指定" in text(page)
    assert "标记已经取消" in text(sent(client, f"{ONE}/mark", **pair))
    assert client.post(f"{ONE}/mark", data=pair).status_code == 404
    assert client.post(f"{ONE}/mark", data=pair | {"mark": "odd"}).status_code == 422


def test_the_page_of_marks(client: TestClient, kept: Matcher) -> None:
    assert "还没有指定或排除" in text(shown(client, "/plans/marks"))
    page = sent(
        client, "/plans/marks", need="触头温升", partner="皮革专家", mark="pin", note="企业点名"
    )
    told = text(page)
    assert "已指定，下次生成方案时生效" in told
    assert "企业点名" in told
    assert "皮革专家" in told
    answer = client.post(
        "/plans/marks", data={"need": "断路器", "partner": "皮革专家", "mark": "pin"}
    )
    assert answer.status_code == 422
    check_page(answer.text)
    assert "请填写编号" in text(answer.text)
    assert 'value="断路器"' in answer.text
    page = sent(client, "/plans/marks/remove", need="N1", partner="X2")
    assert "标记已经取消" in text(page)


def test_a_pin_that_cannot_be_is_refused_with_what_was_typed(
    client: TestClient, kept: Matcher
) -> None:
    client.post("/pairings/push", data={"need": "N1", "partner": "X1"})
    answer = client.post("/plans/marks", data={"need": "N1", "partner": "X1", "mark": "pin"})
    assert answer.status_code == 409
    assert "已经在对接" in text(answer.text)
    assert 'value="X1"' in answer.text


@pytest.mark.parametrize(
    ("view", "headings", "rows"),
    [
        ("", ["县区", "需求编号", "需求名称"], 3),
        ("partners", ["对象编号", "对象", "对象类型"], 3),
        ("unmet", ["县区", "需求编号", "需求名称"], 1),
    ],
)
def test_exports(
    client: TestClient, kept: Matcher, view: str, headings: list[str], rows: int
) -> None:
    answer = client.get(f"{ONE}/export", params={"view": view})
    assert answer.status_code == 200, answer.text
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert list(lines[0][:3]) == headings
    assert len(lines) == rows + 1


def test_the_sheet_to_be_printed_has_all(client: TestClient, kept: Matcher) -> None:
    page = text(shown(client, f"{ONE}/print"))
    for words in ("2026年11月月度方案", "触头专家", "皮革专家", "没有配上对象的需求", "小型断路器"):
        assert words in page
    assert "皮革专家" not in text(shown(client, f"{ONE}/print?county=乐清市"))


def test_a_county_decides_its_own_pairs(county: TestClient) -> None:
    page = shown(county, ONE)
    told = text(page)
    assert "皮革专家" in told
    assert "触头专家" not in told
    assert "逐条挑选" not in told, "the comparison is the city's"
    assert "生成方案" not in text(shown(county, "/plans"))
    assert county.post(f"{ONE}/adopt", data={"need": "N1", "partner": "X1"}).status_code == 404
    assert county.post("/plans", data={"month": "2026-11"}).status_code == 403
    assert county.get("/plans/making").status_code == 403
    assert "已采纳 1 对" in text(sent(county, f"{ONE}/adopt-all", county="", stage="sent"))


def test_readers_see_no_buttons(client: TestClient, kept: Matcher) -> None:
    sign_in(client, account(kept, Role.READ_ONLY))
    page = shown(client, ONE)
    assert buttons(page, "stage") == []
    assert buttons(page, "reason") == []
    assert "导出" not in text(page)
    assert client.post(f"{ONE}/adopt", data={"need": "N1", "partner": "X1"}).status_code == 403
    assert client.get(f"{ONE}/export").status_code == 403


def test_a_pinned_pair_without_a_probability(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        pinned = replace(PAIRS[1], probability=0.0, pinned=True, reason="由工作人员指定。")
        add_plan(session, plan(unmet=()), [pinned])
        mark = PlanMark(
            need_id="N1", partner_id="X1", mark=Mark.PIN, marked_at=NOW, marked_by="示例"
        )
        set_mark(session, mark)
    told = text(shown(client, ONE))
    assert "证据不足 —" in told
    assert "由工作人员指定。" in told
    assert "在库的需求都有对象" in text(shown(client, f"{ONE}?view=unmet"))
