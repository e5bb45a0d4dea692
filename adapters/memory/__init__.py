"""A whole tracker in RAM: the contract suite's reference, and what the program's own tests run against."""

from adapters.memory.tracker import MemoryTracker

__all__ = ["MemoryTracker"]
