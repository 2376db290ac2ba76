"""Which parts of a passage to mark, because they stand in the query too."""

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
