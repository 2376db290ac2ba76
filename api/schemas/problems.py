"""Problem details (RFC 9457), for the OpenAPI document."""

from pydantic import BaseModel, ConfigDict, Field


class ProblemField(BaseModel):
    """一个字段的错误。"""

    field: str = Field(description="字段名，列表内的写成 evidence.0.title")
    message: str = Field(description="错在哪里，怎么改")
    label: str | None = Field(None, description="字段的中文名")
    value: str | None = Field(None, description="提交的内容，过长时截短")


class Problem(BaseModel):
    """出错时的回答。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:need-matcher:problem:invalid-input",
                    "title": "输入有误",
                    "status": 422,
                    "detail": "有 1 处需要修改",
                    "instance": "/api/v1/needs",
                    "request_id": "3f9a1c20b7de",
                    "errors": [
                        {
                            "field": "deadline",
                            "label": "需求时限",
                            "value": "明年",
                            "message": "“明年”不是日期，请写成 2026-11-22 这样的形式",
                        }
                    ],
                }
            ]
        }
    )

    type: str = Field(description="错误种类，固定不变，供程序判断")
    title: str = Field(description="错误种类的名称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="这一次错在哪里")
    instance: str = Field(description="出错的地址")
    request_id: str = Field(description="这次请求的编号，同响应头 X-Request-ID；管理员凭它查日志")
    errors: list[ProblemField] | None = Field(None, description="有误的字段，一次列全")
