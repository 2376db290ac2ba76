"""Is a text a technical need at all, or a wish for a loan, a notice, a poem?

A logistic regression over the words of the text (TF-IDF, sublinear, unit length), fitted on needs
and on texts that were sent by mistake; it goes into the probabilities of the ranking and into the
screening of a need.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import ModelError
from matcher.text.segment import words


@dataclass(frozen=True, slots=True)
class Genuineness:
    """Log odds that a text is a technical need.

    Attributes:
        intercept: of the logistic regression.
        terms: for each known word its idf and its weight.
    """

    intercept: float
    terms: Mapping[str, tuple[float, float]]

    def log_odds(self, text: str) -> float:
        """Log odds that `text` is a technical need; unknown words say nothing."""
        found = [
            ((1 + math.log(count)) * self.terms[term][0], self.terms[term][1])
            for term, count in Counter(words(text)).items()
            if term in self.terms
        ]
        length = math.sqrt(sum(value * value for value, _ in found)) or 1.0
        return self.intercept + sum(value * weight for value, weight in found) / length

    @classmethod
    def load(cls, path: Path) -> "Genuineness":
        """Read what `save` wrote.

        Raises:
            ModelError: the file is missing or not such a model.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            terms = {str(t): (float(idf), float(w)) for t, idf, w in content["terms"]}
            return cls(float(content["intercept"]), terms)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"需求甄别文件 {path} 缺失或已损坏，请重新安装：{error}") from error

    def save(self, path: Path) -> None:
        """Write to a file, a term a line, in the order of the terms."""
        lines = ",\n".join(
            json.dumps([term, round(idf, 3), round(weight, 3)], ensure_ascii=False)
            for term, (idf, weight) in sorted(self.terms.items())
        )
        text = f'{{"intercept": {round(self.intercept, 4)}, "terms": [\n{lines}\n]}}\n'
        path.write_text(text, encoding="utf-8")
