"""The composition root: settings in, a ready Matcher out."""

from threadpoolctl import threadpool_limits

from matcher.embedding.choosing import ModelChoice
from matcher.embedding.cross_encoder import CrossEncoderReranker
from matcher.embedding.encoder import Encoder
from matcher.index.faiss_index import FaissBackend
from matcher.index.vector import VectorBackend
from matcher.live import LiveIndex, Progress
from matcher.ranking.calibration import Calibration
from matcher.references import reference_needs
from matcher.screening.genuineness import Genuineness
from matcher.service import Judgement, Matcher, Reranking
from matcher.settings import Settings, data_folder
from matcher.store.changes import library_state
from matcher.store.database import Database, open_database


def open_library(settings: Settings) -> Database:
    """Open the store alone, without model and indexes.

    Raises:
        StoreError: it cannot be opened.
    """
    return open_database(settings.effective_database_url, pool_size=settings.database_pool)


def chosen_model(settings: Settings) -> ModelChoice:
    """The configured embedding model, to be loaded here or in other processes."""
    return ModelChoice(settings.effective_model, settings.query_prompt, settings.passage_prompt)


def load_encoder(settings: Settings) -> Encoder:
    """Load the configured embedding model.

    Raises:
        ModelError: it cannot be loaded.
    """
    return chosen_model(settings).load()


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


def open_vectors(settings: Settings, database: Database, encoder: Encoder) -> VectorBackend:
    """Where the configured backend keeps the vectors of this library and model.

    Raises:
        IndexStateError: the setting is wrong, or the server does not answer.
        UnknownNameError: the setting asks for an unknown kind of index.
    """
    if not settings.vectors:
        return FaissBackend()
    # Not everybody has the package, and importing it takes a while.
    from matcher.index.milvus import open_backend  # noqa: PLC0415

    with database.reading() as session:
        library_id = library_state(session).library_id
    return open_backend(settings.vectors, prefix=f"{library_id}_{encoder.model_id}")


def assemble(settings: Settings, encoder: Encoder) -> Matcher:
    """A Matcher over the configured store with a given encoder; its indexes are not loaded yet."""
    database = open_library(settings)
    backend = open_vectors(settings, database, encoder)
    index = LiveIndex(database, encoder, settings.index_folder, reference_needs(), backend)
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
    if matcher.encoder.is_static and not settings.reranker:
        # Nothing here multiplies matrices large enough for several threads, which would wait for
        # each other longer than they compute; several questions run beside each other instead.
        threadpool_limits(limits=1)
    try:
        if matcher.index.load():
            matcher.index.refresh(progress)
        else:
            matcher.index.rebuild(progress)
    except BaseException:
        matcher.database.close()
        raise
    return matcher
