"""Parameters that several routes and pages have."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator

from api.plain import existing_id
from matcher.text.fold import tidy

Search = Annotated[str, Query(max_length=200), AfterValidator(tidy)]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="跳过几条")]
Limit = Annotated[int, Query(ge=1, le=200, description="最多返回几条")]
Top = Annotated[int, Query(ge=1, le=100, description="最多返回几条")]

NewId = Annotated[str, Path(min_length=1, description="编号；其中可以有斜线")]
"""An id in an address under which something may be saved."""

RecordId = Annotated[
    str,
    Path(description="编号；其中可以有斜线", json_schema_extra={"minLength": 1}),
    AfterValidator(existing_id),
]
"""An id in an address under which there must be something."""
