"""Matching of enterprise technical needs to experts, societies, institutes and overseas groups.

The public face is small: build a `Matcher` with `open_matcher` and call its methods; everything
that travels in or out is a record of `matcher.records`, everything that can go wrong a
`MatcherError` of `matcher.errors`.
"""

from matcher.bootstrap import open_matcher
from matcher.errors import MatcherError
from matcher.service import Matcher
from matcher.settings import Settings

__all__ = ["Matcher", "MatcherError", "Settings", "open_matcher"]
__version__ = "0.1.0"
