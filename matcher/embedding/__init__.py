"""Embedding of texts: the Encoder protocol, encoders with and without torch, training."""
