"""Requests and responses. Field names are those of `matcher.records`."""
