"""The composition root: settings in, a ready Matcher out."""

from matcher.embedding.encoder import Encoder
from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.live import LiveIndex, Progress
from matcher.service import Matcher
from matcher.settings import Settings
from matcher.store.database import Database, open_database


def open_library(settings: Settings) -> Database:
    """Open the store alone, without model and indexes.

    Raises:
        StoreError: it cannot be opened.
    """
    return open_database(settings.effective_database_url)


def load_encoder(settings: Settings) -> Encoder:
    """Load the configured embedding model.

    Raises:
        ModelError: it cannot be loaded.
    """
    return SentenceEncoder.load(
        settings.effective_model,
        query_prompt=settings.query_prompt,
        passage_prompt=settings.passage_prompt,
    )


def assemble(settings: Settings, encoder: Encoder) -> Matcher:
    """A Matcher over the configured store with a given encoder; its indexes are not loaded yet."""
    database = open_library(settings)
    return Matcher(database, encoder, LiveIndex(database, encoder, settings.index_folder))


def open_matcher(settings: Settings | None = None, progress: Progress | None = None) -> Matcher:
    """A Matcher that is ready to answer.

    The indexes come from the snapshot on disk and then follow the store; where there is no
    snapshot they are built from the store.

    Raises:
        MatcherError: the store, the model or the snapshot cannot be used; the message says why
            and what to do.
    """
    settings = settings or Settings()
    matcher = assemble(settings, load_encoder(settings))
    try:
        if matcher.index.load():
            matcher.index.refresh(progress)
        else:
            matcher.index.rebuild(progress)
    except BaseException:
        matcher.database.close()
        raise
    return matcher
