"""The order that a request asks for."""

from collections.abc import Collection

from matcher.errors import UnknownNameError


def known_order(sort: str, known: Collection[str]) -> str:
    """The name of an order, without the minus that turns it round; empty for the usual one.

    Raises:
        UnknownNameError: there is no such order.
    """
    order = sort.removeprefix("-")
    if order and order not in known:
        raise UnknownNameError("排序", sort, sorted(known), field="sort")
    return order
