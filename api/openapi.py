"""What the OpenAPI document says beside the routes themselves."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.schemas.problems import Problem

PREFIX = "/api/v1"

DESCRIPTION = """
为企业技术需求寻找院士专家、学会、科研院所和海外科技社团，并给出作为依据的论文、专利、项目与服务。

- 名单类字段（对象类型、所属领域等）返回英文值，旁边以 `_label` 结尾的字段是中文名；
  提交时两种写法都可以。
- 金额单位为万元，日期写成 `2026-11-22`。
- 出错时返回 `application/problem+json`（RFC 9457）；内容有误时 `errors` 一次列出全部字段。
- 得分只能在同一次结果内比较，不是概率。
""".strip()

TAGS = [
    {"name": "匹配", "description": "为需求找对象"},
    {"name": "筛选", "description": "需求属于什么领域和行业、库中有没有，以及多家企业的共性需求"},
    {"name": "需求", "description": "企业技术需求项目库"},
    {"name": "对象", "description": "专家、学会、院所和海外社团的目录"},
    {"name": "企业", "description": "有需求的企业"},
    {"name": "联系方式", "description": "企业、需求和对象的联系人；查看会记入操作记录"},
    {"name": "对接", "description": "需求与对象的对接，从推荐到建站"},
    {"name": "月度方案", "description": "为全部在库需求一次配好对象，逐对采纳；指定和排除"},
    {"name": "站点", "description": "对接以后建立的站点，年度考核、续签和撤销"},
    {"name": "建站规则", "description": "各类站点的条件，以及需求和对象是否符合"},
    {"name": "成果", "description": "站点和对接取得的专利、标准、新产品、论文和新增销售额"},
    {"name": "企业科协", "description": "企业科协、联络站和园区科协，以及覆盖和目标"},
    {"name": "月度批次", "description": "一个月的筛选、匹配、配对方案、统计和文档，以及它们的进度"},
    {"name": "月报", "description": "一个月的数字、图表、文字和名单，全市、县区和年初至今"},
    {"name": "账号", "description": "账号、接口密钥、填报链接和操作记录"},
    {"name": "运行", "description": "服务状态"},
]

_STATUS_TEXTS = {
    403: "没有权限，或者不是本县区的业务",
    404: "没有这条记录",
    409: "与库中已有的内容冲突，如编号重复，或状态已被别人改变",
    413: "内容超过 2 MB",
    422: "内容有误，`errors` 列出全部字段",
}
_REPLACED = ("HTTPValidationError", "ValidationError")
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documentation of the error responses of a route."""
    return {status: {"description": _STATUS_TEXTS[status]} for status in statuses}


def install(app: FastAPI) -> None:
    """Describe every error response as problem details."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        tags=app.openapi_tags,
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    for name in _REPLACED:
        schemas.pop(name, None)
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= own.pop("$defs", {})
    schemas["Problem"] = own
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                response["content"] = _PROBLEM
                response["description"] = _STATUS_TEXTS.get(int(status), response["description"])
    return document


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]
