"""Which parts of a passage to mark, because they stand in the query too or mean the like."""

from collections.abc import Collection

from matcher.text.segment import Span, word_spans


def shared_spans(passage: str, terms: Collection[str]) -> tuple[Span, ...]:
    """Ranges of `passage` that hold one of `terms` (terms of the words view, two characters up).

    Returns:
        Half-open ranges, ascending, overlapping and touching ones joined.
    """
    spans = sorted(
        span for term, span in word_spans(passage) if term in terms and span[1] - span[0] > 1
    )
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def near_spans(passage: str, terms: Collection[str], taken: Collection[Span]) -> tuple[Span, ...]:
    """Ranges of `passage` that hold one of `terms` and touch none of those `taken`.

    Where terms overlap the longest is marked, so that each range is a word that a person reads.

    Returns:
        Half-open ranges, ascending, without overlap among them or with `taken`.
    """
    if not terms:
        return ()
    spans = (span for term, span in word_spans(passage) if term in terms)
    longest_first = sorted(set(spans), key=lambda span: (span[0] - span[1], span))
    free: list[Span] = []
    for span in longest_first:
        if span[1] - span[0] > 1 and not any(_overlap(span, other) for other in (*taken, *free)):
            free.append(span)
    return tuple(sorted(free))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
