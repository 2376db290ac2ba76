"""Models by name, from a hub on this machine, in a process that knows no other hub."""

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import matcher
from tests.embedding.hub import Hub, serving
from tests.models import save_classifier, save_cross_encoder, save_transformer_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what those libraries warn of is theirs

ROOT = Path(matcher.__file__).parent.parent
ENCODER, RERANKER = "BAAI/bge-small-zh-v1.5", "BAAI/bge-reranker-base"
SCRIPT = """
import json, sys
from matcher.embedding.cross_encoder import CrossEncoderReranker
from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.errors import ModelError

def outcome(load, use):
    try:
        model = load()
        return [model.model_id, [round(float(x), 4) for x in use(model)]]
    except ModelError as error:
        return error.message

def score(model):
    return model.score("温升", ["触头", "阀门"])

def encode(model):
    return model.encode_query("触头温升")

for line in sys.stdin:
    answers = {
        name: outcome(lambda: CrossEncoderReranker.load(name), score)
        if "rerank" in name
        else outcome(lambda: SentenceEncoder.load(name), encode)
        for name in line.split()
    }
    print(json.dumps(answers), flush=True)
"""


class Loader:
    """A process that loads models by name from a hub and remembers nothing but its cache."""

    def __init__(self, home: Path, hub: Hub) -> None:
        environment = os.environ | {
            "HF_HOME": str(home),
            "HF_ENDPOINT": hub.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_OFFLINE": "0",
            "NO_PROXY": "*",
        }
        command = [sys.executable, "-c", SCRIPT]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
        )

    def __enter__(self) -> "Loader":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def load(self, *names: str) -> dict[str, Any]:
        """Of each name the model's id and what it computes, or the message of its error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{' '.join(names)}\n".encode())
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))


def test_models_by_name(tmp_path: Path) -> None:
    home = tmp_path / "hf"
    with ExitStack() as stack:
        with serving() as hub:
            first = save_transformer_model(tmp_path / "first", {"query": "断路"}, pooling="cls")
            hub.publish(ENCODER, first, "a" * 40)
            hub.publish(RERANKER, save_classifier(tmp_path / "reranker"), "b" * 40)
            hub.publish("cross-encoder/rerank-tiny", save_cross_encoder(tmp_path / "own"), "c" * 40)
            loader = stack.enter_context(Loader(home, hub))
            fresh = loader.load(ENCODER, RERANKER, "rerank-tiny", "BAAI/no-such-model")

            # The one is published anew, and of the other a download was interrupted.
            hub.publish(ENCODER, save_transformer_model(tmp_path / "second", seed=1), "d" * 40)
            [folder] = home.rglob("models--BAAI--bge-reranker-base/snapshots/*")
            (folder / "model.safetensors").unlink()
            hub.requests.clear()
            downloaded = loader.load(ENCODER, RERANKER)
        offline = loader.load(ENCODER, RERANKER, "BAAI/bge-m3")

    assert fresh[ENCODER][0] == f"{ENCODER}@{'a' * 12}"
    assert fresh[RERANKER][0] == f"{RERANKER}@{'b' * 12}"
    assert fresh["rerank-tiny"][0] == f"cross-encoder/rerank-tiny@{'c' * 12}"
    assert re.search("没有模型 BAAI/no-such-model.*MATCHER_MODEL", fresh["BAAI/no-such-model"])

    assert downloaded == {name: fresh[name] for name in (ENCODER, RERANKER)}
    assert not [path for path in hub.requests if ENCODER in path]
    assert f"/{RERANKER}/resolve/{'b' * 40}/model.safetensors" in hub.requests

    assert {name: offline[name] for name in (ENCODER, RERANKER)} == downloaded
    unreachable = f"无法连接模型库 {hub.url}.*没有模型 BAAI/bge-m3.*HF_ENDPOINT.*MATCHER_MODEL"
    assert re.search(unreachable, offline["BAAI/bge-m3"])
