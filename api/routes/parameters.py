"""Query parameters that several routes have."""

from typing import Annotated

from fastapi import Path, Query

Search = Annotated[str, Query(max_length=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="跳过几条")]
Limit = Annotated[int, Query(ge=1, le=200, description="最多返回几条")]
Top = Annotated[int, Query(ge=1, le=100, description="最多返回几条")]
RecordId = Annotated[str, Path(min_length=1, description="编号；其中可以有斜线")]
