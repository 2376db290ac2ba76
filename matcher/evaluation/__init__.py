"""Evaluation: collections, runs in TREC form, metrics."""
