"""The first tables. What was kept before the first release, of the last run alone, is dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From nothing, or from what was there before the first release."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name in ("key_result", "run"):
        if name in there:
            op.drop_table(name)
    op.create_table(
        "run",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
    )
    op.create_table(
        "key_result_day",
        sa.Column("kr", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("score", sa.Text),
        sa.Column("delivery", sa.Text),
        sa.Column("current", sa.Text),
        sa.Column("health", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Integer),
    )
    op.create_table(
        "contribution",
        sa.Column("kr", sa.Text, primary_key=True),
        sa.Column("run", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("score", sa.Text),
        sa.Column("delivery", sa.Text),
        sa.Column("lines", sa.Text, nullable=False),
    )
    op.create_table(
        "sprint_day",
        sa.Column("tracker", sa.Text, primary_key=True),
        sa.Column("sprint", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("start", sa.Date),
        sa.Column("end", sa.Date),
        sa.Column("is_window", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("aligned", "routine", "new", "unaligned", "broken")),
    )
    op.create_table(
        "sprint_issue",
        sa.Column("tracker", sa.Text, primary_key=True),
        sa.Column("sprint", sa.Text, primary_key=True),
        sa.Column("issue", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("first_class", sa.String(16), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_class", sa.String(16), nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
    )
    op.create_table(
        "written",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("target", "kr", "before", "after")),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
