"""Embedding of texts: the Encoder protocol, the sentence-transformers encoder, training."""
