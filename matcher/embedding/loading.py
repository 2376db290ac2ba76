"""Where a model comes from, a folder or the model hub, and what its content is called."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from matcher.errors import ModelError

Model = TypeVar("Model")

_FINGERPRINTED = {".json", ".safetensors", ".bin", ".txt", ".model", ".jinja"}
_READ_AT_ONCE = 1 << 20
_COMMIT_LETTERS = 12


@dataclass(frozen=True, slots=True)
class ModelSource:
    """One content of one model.

    Attributes:
        location: the folder, or the full name on the hub.
        model_id: the name with a fingerprint of the content: two contents never share one.
        commit: which state of a model on the hub; None for a folder.
        local: everything is expected on this machine, and the network is not asked.
    """

    location: str
    model_id: str
    commit: str | None
    local: bool

    def arguments(self) -> dict[str, Any]:
        """How the constructors of sentence-transformers want it."""
        return {
            "model_name_or_path": self.location,
            "revision": self.commit,
            "local_files_only": self.local,
        }


def find_model(name: str, *, owner: str, setting: str) -> ModelSource:
    """Find a model by folder or name.

    What was downloaded once is taken as it lies in the cache: it loads without a network, and a
    change on the hub changes nothing here behind anybody's back.

    Args:
        name: a folder, or a name on the model hub such as `BAAI/bge-small-zh-v1.5`.
        owner: whose model a name without an owner means.
        setting: the setting that the name comes from, for messages.

    Raises:
        ModelError: no such folder; no such model on the hub; or the hub cannot be reached and the
            model was not downloaded before.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(str(folder), folder_id(folder), None, local=True)
    if _looks_like_path(name):
        raise ModelError(f"模型文件夹 {name} 不存在。请检查 {setting}，或去掉该设置")
    full_name = name if "/" in name else f"{owner}/{name}"
    commit, downloaded = _hub_commit(full_name, setting)
    return ModelSource(full_name, f"{full_name}@{commit[:_COMMIT_LETTERS]}", commit, downloaded)


def open_model(source: ModelSource, open_source: Callable[[ModelSource], Model]) -> Model:
    """Open a model; what an interrupted download left out is fetched from the hub.

    Raises:
        Exception: whatever `open_source` raises.
    """
    if source.commit is None or not source.local:
        return open_source(source)
    try:
        return open_source(source)
    except Exception:  # the library raises many kinds for a file that is not there
        return open_source(replace(source, local=False))


def folder_id(folder: Path) -> str:
    """Name of a model folder with a hash of its content, so that a retrained model is another."""
    content = blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _FINGERPRINTED:
            content.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as file:
                while block := file.read(_READ_AT_ONCE):
                    content.update(block)
    return f"{folder.resolve().name}@{content.hexdigest()}"


def text_id(text: str) -> str:
    """A short hash of a prompt, to be part of a model's name."""
    return blake2b(text.encode(), digest_size=4).hexdigest()


def _hub_commit(name: str, setting: str) -> tuple[str, bool]:
    """The state of a model on the hub that is to be used, and whether it was downloaded before."""
    from huggingface_hub import constants, resolve_revision  # noqa: PLC0415
    from huggingface_hub.errors import (  # noqa: PLC0415
        RepositoryNotFoundError,
        RevisionResolutionError,
    )

    try:
        return resolve_revision(name, local_files_only=True).resolved, True
    except RevisionResolutionError:
        pass  # not downloaded yet
    except ValueError as error:
        raise ModelError(f"“{name}”不是模型名。请检查 {setting}：{error}") from error
    try:
        return resolve_revision(name).resolved, False
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"模型库 {constants.ENDPOINT} 中没有模型 {name}，或者须登录才能下载。请检查 {setting}"
        ) from error
    except Exception as error:  # network, proxy and server errors of several libraries
        raise ModelError(
            f"无法连接模型库 {constants.ENDPOINT}，本机缓存中也没有模型 {name}。请联网"
            "（可用环境变量 HF_ENDPOINT 指定镜像），或把模型文件夹拷到本机，"
            f"在 {setting} 中写它的路径：{error}"
        ) from error


def _looks_like_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1
