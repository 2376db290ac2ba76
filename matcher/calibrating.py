"""Fitting what turns scores into probabilities: needs set aside in, two small files out.

The needs must be those that the model was not trained on. They are ranked against the abstracts of
the corpus, grouped into partners; the same once more without the right partner; and texts that are
no technical needs are ranked too.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.embedding.encoder import Encoder
from matcher.embedding.training.corpus import Abstract, Corpus, NeedPair
from matcher.errors import TrainingError
from matcher.live import LiveIndex
from matcher.ranking.calibration import FEATURES, THRESHOLDS, Calibration, features
from matcher.ranking.fusion import rank_owners
from matcher.records import (
    Evidence,
    EvidenceType,
    Partner,
    PartnerKind,
    ScoredOwner,
    SearchFilter,
    Side,
)
from matcher.references import reference_needs
from matcher.screening.genuineness import Genuineness
from matcher.screening.genuineness_training import fit_genuineness
from matcher.store.database import open_database
from matcher.store.partners import save_partners

Progress = Callable[[str, int, int], None]

_PLACES = 10
_WEIGHT_WITHOUT_PARTNER = 0.25
_GENUINE_NEEDS = 1500
_FOLDS = 5
_GROUP_SIZES = ((1, 2, 3, 4), (0.73, 0.10, 0.09, 0.08))
"""How many papers a partner has, and how often."""
_LEAST = THRESHOLDS[-1][1]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SortedText:
    """A text of which it is known whether it is a technical need."""

    text: str
    genuine: bool
    check: bool


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What was fitted and how well, on texts that had no part in it.

    Attributes:
        needs: needs set aside that were ranked.
        calibration_error: expected calibration error of the first ten places, cross-validated.
        needs_insufficient: share of the needs whose first place falls below the least band.
        misfits_insufficient: share of the texts for checking that are no needs, likewise.
    """

    needs: int
    calibration_error: float
    needs_insufficient: float
    misfits_insufficient: float


def calibrate(
    corpus: Corpus,
    aside: Sequence[NeedPair],
    encoder: Encoder,
    texts: Sequence[SortedText],
    on_progress: Progress,
) -> tuple[Calibration, Genuineness, CalibrationReport]:
    """Fit both parts.

    Args:
        corpus: all abstracts, and needs of which those in `aside` are left out of the fit of what
            a need looks like.
        aside: needs that the encoder was not trained on.
        encoder: a model trained without them.
        texts: texts known to be needs or not, some of them only for checking.
        on_progress: called as the work goes on.

    Raises:
        TrainingError: there are too few needs or texts.
    """
    misfits = [text.text for text in texts if not text.genuine and not text.check]
    checks = [text.text for text in texts if not text.genuine and text.check]
    if len(aside) < _FOLDS or len(misfits) < _FOLDS or not checks:
        raise TrainingError("校准需要至少 5 条留出的需求，以及拟合用和检验用的非需求文字")
    genuine = _genuine_texts(corpus, aside, texts)
    genuineness = fit_genuineness(genuine, misfits)
    with tempfile.TemporaryDirectory(prefix="matcher-calibrate-") as folder:
        queries = [f"{need.title}\n{need.text}" for need in aside]
        rankings = _rank(Path(folder), corpus, encoder, [*queries, *misfits, *checks], on_progress)
    owners = {a: p.id for p in _partners(corpus.abstracts) for a in (e.id for e in p.evidence)}
    right = [owners[need.abstract_id] for need in aside]
    found = rankings[: len(aside)]
    odds = [genuineness.log_odds(text) for text in queries]
    misfit_odds = _cross_fitted_odds(genuine, misfits)
    of_needs = _Places.of(found, odds, right)
    without = _Places.of([_without(r, o) for r, o in zip(found, right, strict=True)], odds)
    of_misfits = _Places.of(rankings[len(aside) : -len(checks)], misfit_odds)
    calibration = _fit(of_needs, without, of_misfits)
    check_odds = [genuineness.log_odds(text) for text in checks]
    report = CalibrationReport(
        len(aside),
        *_cross_validated(of_needs, without, of_misfits),
        _share_insufficient(calibration, rankings[-len(checks) :], check_odds),
    )
    return calibration, genuineness, report


@dataclass(frozen=True, slots=True)
class _Places:
    """Features of places in rankings, whether the owner is right, and of which query they are."""

    features: Floats
    right: NDArray[np.bool_]
    query: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        rankings: Sequence[Sequence[ScoredOwner]],
        odds: Sequence[float],
        right: Sequence[str] | None = None,
    ) -> "_Places":
        rows: list[Floats] = []
        labels: list[bool] = []
        queries: list[int] = []
        for query, (ranking, log_odds) in enumerate(zip(rankings, odds, strict=True)):
            places = ranking[:_PLACES]
            rows.append(features(places, log_odds) if places else np.empty((0, len(FEATURES))))
            labels.extend(right is not None and o.owner_id == right[query] for o in places)
            queries.extend([query] * len(places))
        return cls(np.concatenate(rows), np.array(labels, dtype=np.bool_), np.array(queries))

    def where(self, queries: NDArray[np.bool_]) -> "_Places":
        """The places of the queries where `queries`, shape (queries,), is true."""
        kept = queries[self.query]
        return _Places(self.features[kept], self.right[kept], self.query[kept])


def _fit(needs: _Places, without: _Places, misfits: _Places) -> Calibration:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    rows = np.concatenate([needs.features, without.features, misfits.features])
    labels = np.concatenate([needs.right, without.right, misfits.right])
    weights = np.ones(len(labels))
    weights[len(needs.right) : len(needs.right) + len(without.right)] = _WEIGHT_WITHOUT_PARTNER
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit((rows - mean) / deviation, labels, sample_weight=weights)
    slopes = model.coef_[0] / deviation
    intercept = float(model.intercept_[0] - slopes @ mean)
    rounded = {name: round(float(w), 4) for name, w in zip(FEATURES, slopes, strict=True)}
    return Calibration(round(intercept, 4), rounded)


def _cross_validated(needs: _Places, without: _Places, misfits: _Places) -> tuple[float, float]:
    """Calibration error of all places, and the share of first ones below the least band."""
    count = int(needs.query.max()) + 1
    fold = np.random.default_rng(0).permutation(count) % _FOLDS
    predicted = np.zeros(len(needs.right))
    for number in range(_FOLDS):
        fitted = _fit(needs.where(fold != number), without.where(fold != number), misfits)
        held = fold[needs.query] == number
        predicted[held] = _probabilities(fitted, needs.features[held])
    first = np.append(True, needs.query[1:] != needs.query[:-1])
    return _calibration_error(predicted, needs.right), float((predicted[first] < _LEAST).mean())


def _share_insufficient(
    calibration: Calibration, rankings: Sequence[Sequence[ScoredOwner]], odds: Sequence[float]
) -> float:
    """Share of the rankings whose first place falls below the least band, or that are empty."""
    firsts = [
        calibration.probabilities(ranking, log_odds)[:1].max(initial=0.0)
        for ranking, log_odds in zip(rankings, odds, strict=True)
    ]
    return float(np.mean([probability < _LEAST for probability in firsts]))


def _probabilities(calibration: Calibration, rows: Floats) -> Floats:
    weights = np.array([calibration.weights[name] for name in FEATURES])
    return np.asarray(1.0 / (1.0 + np.exp(-(rows @ weights + calibration.intercept))))


def _calibration_error(predicted: Floats, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (M. Naeini et al., AAAI 2015)."""
    bins = np.minimum((predicted * 10).astype(int), 9)
    gaps = [
        (bins == number).mean()
        * abs(predicted[bins == number].mean() - right[bins == number].mean())
        for number in np.unique(bins)
    ]
    return float(sum(gaps))


def _without(ranking: Sequence[ScoredOwner], owner: str) -> list[ScoredOwner]:
    return [place for place in ranking if place.owner_id != owner]


def _genuine_texts(
    corpus: Corpus, aside: Sequence[NeedPair], texts: Sequence[SortedText]
) -> list[str]:
    """Texts of needs that have no part in fitting the calibration."""
    ids = {need.abstract_id for need in aside}
    others = [need for need in corpus.needs if need.abstract_id not in ids]
    chosen = np.random.default_rng(1).permutation(len(others))[:_GENUINE_NEEDS]
    return [
        *(f"{others[int(row)].title}\n{others[int(row)].text}" for row in sorted(chosen)),
        *reference_needs(),
        *(text.text for text in texts if text.genuine and not text.check),
    ]


def _cross_fitted_odds(genuine: Sequence[str], misfits: Sequence[str]) -> list[float]:
    """Log odds of each misfit by a model that was fitted without it."""
    odds = np.zeros(len(misfits))
    fold = np.arange(len(misfits)) % _FOLDS
    for number in range(_FOLDS):
        rest = [text for text, own in zip(misfits, fold, strict=True) if own != number]
        fitted = fit_genuineness(genuine, rest)
        for row in np.flatnonzero(fold == number):
            odds[row] = fitted.log_odds(misfits[int(row)])
    return odds.tolist()


def _rank(
    folder: Path,
    corpus: Corpus,
    encoder: Encoder,
    queries: Sequence[str],
    on_progress: Progress,
) -> list[list[ScoredOwner]]:
    with closing(open_database(f"sqlite:///{folder / 'calibrate.sqlite3'}")) as database:
        with database.writing() as session:
            save_partners(session, _partners(corpus.abstracts))
        index = LiveIndex(database, encoder, folder / "index", reference_needs())
        index.refresh(lambda done, total: on_progress("索引", done, total))
        rankings = []
        with index.current() as sides:
            for number, query in enumerate(queries, start=1):
                vector = encoder.encode_query(query)
                found = sides[Side.PARTNER].search(query, vector, SearchFilter())
                rankings.append(rank_owners(found, _PLACES + 1))
                on_progress("排序", number, len(queries))
    return rankings


def _partners(abstracts: Sequence[Abstract]) -> list[Partner]:
    """Abstracts grouped at random, as the papers of a partner are of several subjects."""
    random = np.random.default_rng(2)
    order = random.permutation(len(abstracts))
    partners: list[Partner] = []
    start = 0
    while start < len(order):
        size = int(random.choice(_GROUP_SIZES[0], p=_GROUP_SIZES[1]))
        evidence = tuple(
            Evidence(id=abstracts[row].id, type=EvidenceType.PAPER, text=abstracts[row].text)
            for row in order[start : start + size].tolist()
        )
        name = f"P{len(partners):06d}"
        partners.append(Partner(id=name, kind=PartnerKind.EXPERT, name=name, evidence=evidence))
        start += size
    return partners


def sorted_texts(rows: Sequence[dict[str, Any]]) -> list[SortedText]:
    """Read rows of data/screening/sorted.jsonl.

    Raises:
        TrainingError: a row lacks a field.
    """
    try:
        return [
            SortedText(
                f"{row['title']}\n{row['text']}".strip(),
                bool(row["genuine"]),
                row["part"] == "check",
            )
            for row in rows
        ]
    except KeyError as error:
        raise TrainingError(f"甄别用文字缺少字段 {error}") from error
