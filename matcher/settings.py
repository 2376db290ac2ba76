"""Settings from the environment (`MATCHER_*`) or a `.env` file; read by `bootstrap` only."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

_CHECKOUT_DATA = Path(__file__).resolve().parent.parent / "data"
_INSTALLED_DATA = Path(__file__).resolve().parent / "_data"


def data_folder() -> Path:
    """Folder of what ships with the product: demo, templates, taxonomies, the embedded model."""
    return _INSTALLED_DATA if _INSTALLED_DATA.is_dir() else _CHECKOUT_DATA


class Settings(BaseSettings):
    """How one instance runs. Every field has an environment variable of the same name."""

    model_config = SettingsConfigDict(
        env_prefix="MATCHER_", env_file=".env", extra="ignore", frozen=True
    )

    home: Path = Field(Path("var"), description="folder of everything a running instance writes")
    database_url: str = Field("", description="any SQLAlchemy URL; empty: SQLite under home")
    database_pool: int = Field(
        20, ge=1, le=1000, description="database connections that one process opens at most"
    )
    model: str = Field("", description="sentence-transformers model; empty: the embedded one")
    query_prompt: str | None = Field(
        None, description="put before a query; None: what the model itself says"
    )
    passage_prompt: str | None = Field(
        None, description="put before a passage; None: what the model itself says"
    )
    vectors: str = Field(
        "", description="where vectors are searched: empty: in this process; milvus+http://…"
    )
    reranker: str = Field("", description="CrossEncoder that re-ranks the best; empty: none")
    reranked: int = Field(20, ge=1, le=100, description="how many of the best it re-ranks")
    secret: str = Field(
        "", description="signs the sessions; empty: a file under home, made at the first start"
    )
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    log_format: Literal["text", "json"] = Field("text", description="of the lines of the log")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_file: str = Field("", description="where the log is written; empty: the error output")
    metrics_token: str = Field(
        "", description="opens /metrics to whoever sends it; empty: to this machine alone"
    )
    metrics_folder: Path | None = Field(
        None,
        validation_alias="PROMETHEUS_MULTIPROC_DIR",
        description="where several workers count together; named as prometheus-client reads it",
    )

    @property
    def effective_database_url(self) -> str | URL:
        """The configured URL, or the SQLite file of this home."""
        file = str(self.home.resolve() / "matcher.sqlite3")
        return self.database_url or URL.create("sqlite", database=file)

    @property
    def effective_model(self) -> str:
        """The configured model, or the folder of the embedded one."""
        return self.model or str(data_folder() / "model")

    @property
    def index_folder(self) -> Path:
        """Where index snapshots lie."""
        return self.home.resolve() / "index"
