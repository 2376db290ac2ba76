"""The state of the service."""

from typing import Literal

from pydantic import BaseModel, Field


class Counts(BaseModel):
    """库中记录的数量。"""

    needs: int
    enterprises: int
    partners: int
    partners_by_kind: dict[str, int]


class Health(BaseModel):
    """服务状态。"""

    status: Literal["ok"]
    version: str = Field(description="程序版本")
    model_id: str = Field(description="语义模型")
    store_revision: int = Field(description="数据库的版本号，每次修改加一")
    index_revision: int = Field(description="索引所在的版本号；落后时下一次查询会先更新")
    counts: Counts
