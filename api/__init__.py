"""The web: HTTP API and pages over `matcher`."""
