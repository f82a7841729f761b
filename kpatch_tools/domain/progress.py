"""How a stage tells where it is."""

from collections.abc import Callable

# Told which stage begins, in words for a person.
Progress = Callable[[str], None]
