"""How a long evaluation tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the step, how much of it is done, and how much there is."""
