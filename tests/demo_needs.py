"""The demo needs in a library of the embedded model, with the screening models as they ship."""

from functools import cache
from pathlib import Path

from matcher.bootstrap import assemble, load_encoder
from matcher.demo import demo_folder
from matcher.embedding.encoder import Encoder
from matcher.importing import import_file
from matcher.intake import Subject
from matcher.screener import Screener, load_screening_models
from matcher.service import Matcher
from matcher.settings import Settings
from matcher.store.database import Database

load_once = cache(load_screening_models)
"""The screening models as they ship, loaded once for all tests."""


@cache
def encoder_once() -> Encoder:
    """The embedded model, loaded once for all tests: it takes hundreds of megabytes."""
    return load_encoder(Settings(model=""))


def screener_of(matcher: Matcher) -> Screener:
    """A screener over a matcher's library that does not load the models again."""
    return Screener(matcher.database, matcher.encoder, matcher.index, load_once)


def open_demo_needs(home: Path) -> Matcher:
    """A matcher over the demo needs and their enterprises; the caller closes it."""
    settings = Settings(home=home, model="", database_url="", reranker="")
    matcher = assemble(settings, encoder_once())
    import_demo_needs(matcher.database)
    matcher.screener = screener_of(matcher)
    return matcher


def import_demo_needs(database: Database) -> None:
    """Save the demo needs and their enterprises."""
    import_file(database, demo_folder() / "enterprises.jsonl", Subject.ENTERPRISES)
    import_file(database, demo_folder() / "needs.jsonl", Subject.NEEDS)
