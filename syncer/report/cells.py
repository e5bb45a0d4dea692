"""CSV that a spreadsheet may open: text from trackers stays text, whatever it begins with."""

import csv
import io
from collections.abc import Iterable, Sequence

from syncer.report.wording import plain

_FORMULA = ("=", "+", "-", "@")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows under their head, lines ended with a newline. None is an empty cell; numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if not isinstance(value, str):
        return "" if value is None else value
    shown = plain(value)
    return f"'{shown}" if shown.lstrip(" '").startswith(_FORMULA) else shown
