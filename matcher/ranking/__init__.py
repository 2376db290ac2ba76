"""Ranking: from candidate passages to scored owners. Sees records and numpy only."""
