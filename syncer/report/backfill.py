"""What `okrsync history backfill` prints."""

from syncer.backfill import Backfill
from syncer.report.wording import count, plain
from syncer.shown import shown


def backfill_text(done: Backfill) -> str:
    """What was kept, sprint by sprint, and by which tags; upstream text without control characters."""
    lines = [f"NOT READ  {unread.what}: {unread.why}" for unread in done.unread]
    if done.unread:
        lines.append("Nothing was kept: what is kept of a sprint stays, so every scope has to be read.")
    if done.failed:
        lines.append(done.failed)
    if not lines:
        lines = [f"{count(len(done.kept), 'closed sprint')} put into history, each on its last day."]
    for it in sorted(done.kept, key=lambda it: (it.team, it.day, it.sprint)):
        tied = f"{it.aligned} of {count(it.total, 'issue')} for a key result, {it.routine} routine"
        lines.append(f"  {it.day.isoformat()}  {it.team}  {it.name}: {tied}, {it.unaligned + it.broken} unexplained")
    if done.kept:
        lines.append("Today's tags and registry were used: what was tagged since counts as if it had been then.")
    if done.known:
        lines.append(f"{count(done.known, 'closed sprint')} known to history: left as it was kept.")
    if done.undated:
        lines.append(f"{count(done.undated, 'closed sprint')} without an end: left out.")
    return shown("\n".join(map(plain, lines)))
