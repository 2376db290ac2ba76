"""Training of the embedded static model: a corpus folder in, a model folder out."""

import time
from pathlib import Path

import torch

from matcher.embedding.training.config import (
    OnProgress,
    TrainingConfig,
    TrainingProgress,
    TrainingReport,
)
from matcher.embedding.training.corpus import Corpus, hold_out, read_corpus
from matcher.embedding.training.export import write_model
from matcher.embedding.training.fit import fit_needs, fixed_threads, pretrain
from matcher.embedding.training.network import PieceTable
from matcher.embedding.training.tokenised import TokenisedCorpus
from matcher.embedding.training.tokenizer import fit_tokenizer

__all__ = [
    "Corpus",
    "OnProgress",
    "TrainingConfig",
    "TrainingProgress",
    "TrainingReport",
    "hold_out",
    "read_corpus",
    "train_on",
    "train_static_model",
]


def train_static_model(
    corpus_folder: Path,
    out: Path,
    config: TrainingConfig | None = None,
    on_progress: OnProgress | None = None,
) -> TrainingReport:
    """Train the model on a corpus folder and write it; see `read_corpus` and `write_model`.

    The same corpus, settings, machine and library versions give the same files.

    Args:
        corpus_folder: folder of the corpus files.
        out: folder of the model; made if missing, files of the same names overwritten.
        config: settings; None for those of the shipped model.
        on_progress: called after every step and epoch.

    Raises:
        TrainingError: the corpus is incomplete or malformed.
    """
    return train_on(read_corpus(corpus_folder), out, config, on_progress)


def train_on(
    corpus: Corpus,
    out: Path,
    config: TrainingConfig | None = None,
    on_progress: OnProgress | None = None,
) -> TrainingReport:
    """Train on a corpus already read, for instance with some pairs held out."""
    started = time.monotonic()
    settings = config or TrainingConfig()
    progress = on_progress or _ignore
    progress(TrainingProgress("tokenizer", 0, 1))
    tokenizer = fit_tokenizer(corpus, settings)
    tokens = TokenisedCorpus.of(corpus, tokenizer)
    progress(TrainingProgress("tokenizer", 1, 1))
    pieces = [str(tokenizer.id_to_token(row)) for row in range(tokenizer.get_vocab_size())]
    with fixed_threads(settings.threads):
        network = PieceTable(
            pieces, tokens.frequencies(len(pieces)), settings.dimension, settings.seed
        )
        pretrain(network, tokens, settings, progress)
        loss = fit_needs(network, tokens, settings, progress)
        with torch.no_grad():
            table = network().clone()
    size = write_model(out, tokenizer, table, settings, needs=len(corpus.needs))
    return TrainingReport(
        pieces=len(pieces),
        dimension=settings.dimension,
        need_pairs=len(corpus.needs),
        final_loss=loss,
        seconds=time.monotonic() - started,
        bytes=size,
    )


def _ignore(progress: TrainingProgress) -> None:
    """Tell nobody."""
