"""Milvus Lite as a server of the suite's own, and one that speaks what only a full Milvus does."""

# ruff: noqa: ANN401, N802 - the messages have no types, the methods the names of the protocol

from collections.abc import Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from milvus_lite.adapter.grpc.servicer import MilvusServicer
from milvus_lite.db import MilvusLite
from pymilvus import DataType
from pymilvus.grpc_gen import common_pb2, milvus_pb2_grpc, schema_pb2

HALF = DataType.FLOAT16_VECTOR
FULL = DataType.FLOAT_VECTOR


class FullMilvusServicer(MilvusServicer):
    """Milvus Lite behind a face that takes half-precision vectors and filter templates.

    The real client library encodes both and decodes the answers, so its side is tested as it is.
    """

    def GetVersion(self, request: Any, context: Any) -> Any:
        answer = super().GetVersion(request, context)
        answer.version = "v2.6.0"
        return answer

    def CreateCollection(self, request: Any, context: Any) -> Any:
        schema = schema_pb2.CollectionSchema.FromString(request.schema)
        assert [f.data_type for f in schema.fields if f.name == "vector"] == [HALF]
        _retype(schema, HALF, FULL)
        request.schema = schema.SerializeToString()
        return super().CreateCollection(request, context)

    def DescribeCollection(self, request: Any, context: Any) -> Any:
        answer = super().DescribeCollection(request, context)
        _retype(answer.schema, FULL, HALF)
        return answer

    def Upsert(self, request: Any, context: Any) -> Any:
        for field in request.fields_data:
            if field.type == HALF:
                vectors = np.frombuffer(field.vectors.float16_vector, np.float16)
                field.type = FULL
                field.vectors.float_vector.data.extend(vectors.astype(np.float32).tolist())
        return super().Upsert(request, context)

    def Search(self, request: Any, context: Any) -> Any:
        group = common_pb2.PlaceholderGroup.FromString(request.placeholder_group)
        for placeholder in group.placeholders:
            assert placeholder.type == common_pb2.Float16Vector
            placeholder.type = common_pb2.FloatVector
            full = [np.frombuffer(v, np.float16).astype(np.float32) for v in placeholder.values]
            placeholder.values[:] = [vector.tobytes() for vector in full]
        request.placeholder_group = group.SerializeToString()
        request.dsl = _filled_in(request.dsl, request)
        return super().Search(request, context)

    def Query(self, request: Any, context: Any) -> Any:
        request.expr = _filled_in(request.expr, request)
        answer = super().Query(request, context)
        for field in answer.fields_data:
            if field.type == FULL:
                vectors = np.array(field.vectors.float_vector.data, np.float16)
                field.type = HALF
                field.vectors.float16_vector = vectors.tobytes()
        return answer

    def Delete(self, request: Any, context: Any) -> Any:
        request.expr = _filled_in(request.expr, request)
        return super().Delete(request, context)


def _retype(schema: Any, before: int, after: int) -> None:
    for field in schema.fields:
        if field.data_type == before:
            field.data_type = after


def _filled_in(expression: str, request: Any) -> str:
    for name, value in request.expr_template_values.items():
        ids = list(value.array_val.long_data.data)
        assert "{" + name + "}" in expression
        expression = expression.replace("{" + name + "}", str(ids))
    return expression


@contextmanager
def serving(
    folder: Path,
    servicer: type[MilvusServicer] = MilvusServicer,
    *,
    port: int = 0,
    interceptors: Sequence[grpc.ServerInterceptor] = (),
) -> Iterator[int]:
    """A server over a data folder, on a port of its own; yields the port."""
    database = MilvusLite(str(folder))
    server = grpc.server(
        futures.ThreadPoolExecutor(4),
        options=[("grpc.max_receive_message_length", 2**28)],
        interceptors=interceptors,
    )
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(servicer(database), server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    try:
        yield bound
    finally:
        server.stop(grace=0).wait()
        database.close()
