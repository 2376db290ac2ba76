"""Fitting one list, and judging it on texts that were held out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.label_list import LabelList
from matcher.screening.classifier.network import Network, log_softmax, mean_log_probabilities
from matcher.screening.classifier.term_table import TermTable
from matcher.screening.classifier.training.bayes import fit_term_table
from matcher.screening.classifier.training.config import ScreeningConfig
from matcher.screening.classifier.training.examples import ExampleSet
from matcher.screening.classifier.training.folds import deal_folds
from matcher.screening.classifier.training.fusion import fit_fusion
from matcher.screening.classifier.training.perceptron import fit_network

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Tick = Callable[[], None]
"""Called after each network."""


@dataclass(frozen=True)
class HeldOut:
    """What models said of texts that they were not trained on.

    Attributes:
        views: scores by the terms and by the embedding, shape (2, texts, classes).
        targets: true classes, shape (texts,).
        kinds: "need" or "abstract", shape (texts,).
        folds: fold in which each text was held out, shape (texts,).
    """

    views: Floats
    targets: Rows
    kinds: NDArray[np.str_]
    folds: Rows

    def probabilities(self) -> Floats:
        """Probabilities with and without embedding, shape (2, texts, classes).

        Those of a fold come from weights of the views fitted on the other folds.
        """
        found = np.empty_like(self.views)
        for fold in np.unique(self.folds):
            here = self.folds == fold
            fusion = fit_fusion(self.views[:, ~here], self.targets[~here])
            terms, embedding = self.views[:, here]
            scores = fusion.terms * terms + fusion.embedding * embedding
            found[0, here] = np.exp(log_softmax(scores))
            found[1, here] = np.exp(log_softmax(fusion.terms_alone * terms))
        return found


@dataclass(frozen=True)
class ListFitter:
    """Fits one list.

    Attributes:
        name: of the list.
        data: its examples.
        terms: size of the vocabulary.
        config: settings.
        tick: called after each network.
    """

    name: str
    data: ExampleSet
    terms: int
    config: ScreeningConfig
    tick: Tick

    def hold_out(self) -> HeldOut:
        """Train without each fold in turn and score its texts."""
        data = self.data
        fold_of = self._folds()
        judged = np.flatnonzero([bool(kind) for kind in data.kinds])
        views = np.empty((2, len(judged), len(data.codes)))
        for fold in range(self.config.folds):
            table, networks = self._fit(np.flatnonzero(fold_of != fold))
            for place in np.flatnonzero(fold_of[judged] == fold):
                row = judged[place]
                embedding = data.embeddings[row : row + 1]
                views[0, place] = table.scores(data.terms[row])
                views[1, place] = mean_log_probabilities(networks, embedding)[0]
        kinds = np.array(data.kinds)[judged]
        return HeldOut(views, data.targets[judged], kinds, fold_of[judged])

    def finish(self, held_out: HeldOut) -> LabelList:
        """The list as it is stored: fitted to all examples, fused as the held-out texts ask."""
        table, networks = self._fit(np.arange(len(self.data.targets)))
        fusion = fit_fusion(held_out.views, held_out.targets)
        return LabelList(self.data.codes, self.data.labels, table, networks, fusion)

    def _fit(self, rows: Rows) -> tuple[TermTable, tuple[Network, ...]]:
        """The table and the networks, fitted to some of the examples."""
        data, classes = self.data, len(self.data.codes)
        table = fit_term_table(
            [data.terms[row] for row in rows],
            data.targets[rows],
            data.weights[rows],
            terms=self.terms,
            classes=classes,
            smoothing=self.config.smoothing,
            least_weight=self.config.least_weight,
        )
        networks = []
        for number in range(self.config.ensemble):
            network = fit_network(
                data.embeddings[rows],
                data.targets[rows],
                data.weights[rows],
                classes=classes,
                config=self.config.networks[self.name],
                seed=self.config.seed + number,
            )
            networks.append(network)
            self.tick()
        return table, tuple(networks)

    def _folds(self) -> Rows:
        """Fold of each example, -1 for those that are only trained on."""
        targets = self.data.targets.tolist()
        codes = {
            source: self.data.codes[target]
            for source, target in zip(self.data.sources, targets, strict=True)
            if source
        }
        dealt = deal_folds(codes, self.config.folds, self.config.seed)
        return np.array([dealt.get(source, -1) for source in self.data.sources])


def networks_to_fit(config: ScreeningConfig) -> int:
    """How often a `ListFitter` calls its tick, held-out folds and final fit together."""
    return config.ensemble * (config.folds + 1)
