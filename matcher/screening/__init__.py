"""Screening of needs at submission: keywords, duplicates, common needs."""
