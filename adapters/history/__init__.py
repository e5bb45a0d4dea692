"""What each run found and wrote, in SQLite or PostgreSQL: it explains what moved. Losing it costs trends, never
correctness.
"""

from adapters.history.store import History

__all__ = ["History"]
