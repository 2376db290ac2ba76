"""What Milvus and its client library report, in words for the administrator."""

from collections.abc import Iterator
from contextlib import contextmanager

from matcher.errors import IndexStateError
from matcher.index.milvus_address import SETTING, Address


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turn errors of the client library, which must be there, into `IndexStateError`."""
    from grpc import RpcError  # noqa: PLC0415
    from pymilvus.exceptions import MilvusException  # noqa: PLC0415

    try:
        yield
    except (RpcError, MilvusException) as error:
        raise IndexStateError(_message(address, error)) from error


def _message(address: Address, error: Exception) -> str:
    """What the administrator is told; the library says the same thing in several ways."""
    from grpc import StatusCode  # noqa: PLC0415
    from pymilvus.client.types import Status  # noqa: PLC0415
    from pymilvus.exceptions import ConnectionConfigException  # noqa: PLC0415

    if isinstance(error, ConnectionConfigException):
        return (
            f"无法打开本机的向量文件 {address}，可能文件夹不存在，或另一个程序正在使用它。"
            f"请检查 {SETTING}"
        )
    status = _grpc_status(error)
    if status in {StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED}:
        return f"向量服务 Milvus（{address}）不接受这个用户名或密码，请检查 {SETTING}"
    code = getattr(error, "code", None)
    if status is not None or code == Status.CONNECT_FAILED or isinstance(code, StatusCode):
        return (
            f"向量服务 Milvus（{address}）没有回答，请稍后再试。"
            f"如果一直这样，请管理员检查该服务是否在运行，以及 {SETTING} 是否正确"
        )
    return f"向量服务 Milvus（{address}）没有完成操作：{getattr(error, 'message', error)}"


def _grpc_status(error: BaseException | None) -> object:
    """The transport's status in an error or in what caused it, None if it was not the transport."""
    from grpc import RpcError  # noqa: PLC0415

    met: set[int] = set()  # the library raises errors from themselves, so causes run in circles
    while error is not None and id(error) not in met:
        if isinstance(error, RpcError):
            return error.code()
        met.add(id(error))
        error = error.__cause__
    return None
