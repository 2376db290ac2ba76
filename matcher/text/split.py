"""Splitting of long text into passages; nothing is cut off."""

import re

PASSAGE_LIMIT = 500
"""Longest passage in characters: most abstracts fit, and no common model truncates it."""

_SENTENCE = re.compile(r".+?(?:[。！？；!?;\n]+|\.(?=\s)|$)", re.DOTALL)


def split_text(text: str, limit: int = PASSAGE_LIMIT) -> list[str]:
    """Split a text into pieces of at most `limit` characters, at ends of sentences if possible.

    The pieces joined give the text again, but for blanks at their ends. Pieces of one text are
    made about equally long, so that no scrap is left over at its end.
    """
    text = text.strip()
    if len(text) <= limit:
        return [text] if text else []
    target = -(-len(text) // -(-len(text) // limit))
    pieces: list[str] = []
    current = ""
    for sentence in _sentences(text, limit):
        if current and (len(current) + len(sentence) > limit or len(current) >= target):
            pieces.append(current)
            current = ""
        current += sentence
    pieces.append(current)
    return [stripped for piece in pieces if (stripped := piece.strip())]


def _sentences(text: str, limit: int) -> list[str]:
    """Sentences of a text; one longer than the limit is cut, between words where there are any."""
    sentences: list[str] = []
    for sentence in _SENTENCE.findall(text):
        rest = sentence
        while len(rest) > limit:
            cut = rest.rfind(" ", limit // 2, limit) + 1 or limit
            sentences.append(rest[:cut])
            rest = rest[cut:]
        sentences.append(rest)
    return sentences
