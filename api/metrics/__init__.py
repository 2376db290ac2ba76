"""Metrics for Prometheus."""

from api.metrics.metrics import Metrics

__all__ = ["Metrics"]
