"""The tables, for every database alike. A change here needs a migration (`migrations/versions`)."""

from sqlalchemy import Boolean, Column, Date, Integer, MetaData, PrimaryKeyConstraint, String, Table, Text

HEAD = "0002"
"""The newest migration: a database that stands there needs none."""

metadata = MetaData()

run = Table(
    "run",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("complete", Boolean, nullable=False),
)

# Scores and numbers are exact text ("0.47", "7/12"): a database's floating point would move them.
key_result_day = Table(
    "key_result_day",
    metadata,
    Column("kr", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("run", String(64), nullable=False),
    Column("score", Text),
    Column("delivery", Text),
    Column("current", Text),
    Column("health", String(16), nullable=False),
    Column("confidence", Integer),
    PrimaryKeyConstraint("kr", "day"),
)

contribution = Table(
    "contribution",
    metadata,
    Column("kr", Text, nullable=False),
    Column("run", String(64), nullable=False),
    Column("at", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("score", Text),
    Column("delivery", Text),
    Column("lines", Text, nullable=False),
    PrimaryKeyConstraint("kr", "run"),
)

sprint_day = Table(
    "sprint_day",
    metadata,
    Column("tracker", Text, nullable=False),
    Column("sprint", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("team", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("start", Date),
    Column("end", Date),
    Column("is_window", Boolean, nullable=False),
    Column("aligned", Integer, nullable=False),
    Column("routine", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("unaligned", Integer, nullable=False),
    Column("broken", Integer, nullable=False),
    PrimaryKeyConstraint("tracker", "sprint", "day"),
)

sprint_issue = Table(
    "sprint_issue",
    metadata,
    Column("tracker", Text, nullable=False),
    Column("sprint", Text, nullable=False),
    Column("issue", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("first_class", String(16), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_class", String(16), nullable=False),
    Column("last_day", Date, nullable=False),
    Column("present", Boolean, nullable=False),
    PrimaryKeyConstraint("tracker", "sprint", "issue"),
)

written = Table(
    "written",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String(64), nullable=False),
    Column("at", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("target", Text, nullable=False),
    Column("kr", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text, nullable=False),
)

told = Table(
    "told",
    metadata,
    Column("channel", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("fingerprint", String(16), nullable=False),
    PrimaryKeyConstraint("channel", "subject"),
)
