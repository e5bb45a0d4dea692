"""A config and a registry as files, with a few lines changed: what the tests of loading start from."""

from pathlib import Path

CONFIG = """\
registry = ["okrs/*.toml"]
timezone = "Europe/Zurich"

[trackers.jira-main]
kind = "jira"
url = "https://acme.atlassian.net"
email_env = "JIRA_EMAIL"
token_env = "JIRA_API_TOKEN"

[trackers.linear-main]
kind = "linear"
token_env = "LINEAR_API_KEY"

[teams.payments]
name = "Payments"
unit = "points"
scopes = { jira-main = { projects = ["PAY"], boards = [12] } }

[teams.growth]
scopes = { linear-main = { teams = ["GRO"] } }

[[rules]]
component = "Checkout"
kr = "PAY-O1-KR1"
"""

REGISTRY = """\
[period]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "PAY-O1"
title = "Checkout never lets a customer down"
team = "payments"

[[objectives.key_results]]
id = "PAY-O1-KR1"
title = "Ship the new ledger"
measure = { kind = "delivery" }
write = { to = "jira-main:issue/OKR-12" }

[[objectives.key_results]]
id = "PAY-O1-KR2"
title = "Cut P1 incidents from 12 to 3"
measure = { kind = "manual", start = 12, target = 3 }
"""


def company_files(directory: Path, *, config: str = CONFIG, **registry: str) -> Path:
    """Write config.toml and okrs/NAME.toml (by default one, pay.toml) into `directory`; the config's path."""
    (directory / "okrs").mkdir()
    for name, text in (registry or {"pay": REGISTRY}).items():
        (directory / "okrs" / f"{name}.toml").write_text(text, encoding="utf-8")
    path = directory / "config.toml"
    path.write_text(config, encoding="utf-8")
    return path


def changed(text: str, *changes: tuple[str, str]) -> str:
    """`text` with each (old, new) replaced; an old that is not there is the test's own mistake."""
    for old, new in changes:
        if old not in text:
            raise AssertionError(f"{old!r} is not in the text")
        text = text.replace(old, new)
    return text
