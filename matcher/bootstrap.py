"""The composition root: settings in, a ready Matcher out."""

from matcher.embedding.cross_encoder import CrossEncoderReranker
from matcher.embedding.encoder import Encoder
from matcher.embedding.sentence_encoder import SentenceEncoder
from matcher.live import LiveIndex, Progress
from matcher.ranking.calibration import Calibration
from matcher.references import reference_needs
from matcher.screening.genuineness import Genuineness
from matcher.service import Judgement, Matcher, Reranking
from matcher.settings import Settings, data_folder
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


def load_judgement(*, fits_model: bool = True) -> Judgement:
    """What turns scores into probabilities, as it ships.

    Args:
        fits_model: whether the model in use is the embedded one, whose scores it was fitted on.

    Raises:
        ModelError: a file is missing or damaged.
    """
    return Judgement(
        Calibration.load(data_folder() / "ranking" / "calibration.json"),
        Genuineness.load(data_folder() / "screening" / "genuineness.json"),
        fits_model,
    )


def load_reranking(settings: Settings) -> Reranking | None:
    """Load the configured re-ranking model, None if there is none.

    Raises:
        ModelError: it cannot be loaded.
    """
    if not settings.reranker:
        return None
    return Reranking(CrossEncoderReranker.load(settings.reranker), settings.reranked)


def assemble(settings: Settings, encoder: Encoder) -> Matcher:
    """A Matcher over the configured store with a given encoder; its indexes are not loaded yet."""
    database = open_library(settings)
    index = LiveIndex(database, encoder, settings.index_folder, reference_needs())
    judgement = load_judgement(fits_model=not settings.model)
    return Matcher(database, encoder, index, judgement, reranking=load_reranking(settings))


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
