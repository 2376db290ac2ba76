"""`python -m matcher.cli`: the same as `matcher`, for where its script is not on the path."""

from matcher.cli import app

if __name__ == "__main__":
    app()
