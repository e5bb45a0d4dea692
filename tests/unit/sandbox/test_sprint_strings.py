"""Data Center's sprint strings, as recorded ones are spelt."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.sandbox.jira.site import Sprint
from adapters.sandbox.jira.sprint_strings import STYLES, sprint_string

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")
START = datetime(2024, 11, 12, 23, 33, 17, 165000, tzinfo=UTC)


def a_sprint(**changes: object) -> Sprint:
    sprint = Sprint(84, "Sprint 4", "active", 7, START, None, None, "")
    for name, value in changes.items():
        setattr(sprint, name, value)
    return sprint


def test_the_modern_spelling_is_in_the_order_of_the_alphabet() -> None:
    assert sprint_string(a_sprint(), "2026", ZoneInfo("Europe/Athens")) == (
        "com.atlassian.greenhopper.service.sprint.Sprint@2ba34054["
        "activatedDate=2024-11-13T01:33:17.165+02:00,autoStartStop=false,completeDate=<null>,endDate=<null>,goal=,"
        "id=84,incompleteIssuesDestinationId=<null>,name=Sprint 4,rapidViewId=7,sequence=84,"
        "startDate=2024-11-13T01:33:17.165+02:00,state=ACTIVE,synced=false]"
    )


@pytest.mark.parametrize(("state", "closed"), [("closed", "true"), ("active", "false")])
def test_the_oldest_spelling_has_no_state(state: str, closed: str) -> None:
    written = sprint_string(a_sprint(state=state), "2013", ZoneInfo("UTC"))

    assert f",closed={closed}," in written
    assert "state=" not in written
    assert written.endswith(",id=84]")


def test_every_recorded_spelling_is_one_of_the_styles() -> None:
    path = SHARED / "data" / "recorded" / "dc-sprint-strings.jsonl"
    if not path.exists():
        pytest.skip(f"no {path}")

    recorded = {
        tuple(re.findall(r"[\[,](\w+)=", json.loads(line)["raw"])) for line in path.read_text().splitlines() if line
    }

    assert recorded == set(STYLES.values())
