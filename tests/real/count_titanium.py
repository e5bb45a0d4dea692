"""What a sync of the real issues must find, counted by another route: loops over the dump, the standard library alone.

Written from the design's words and from what the sandbox says it does to a dump, without a look at the rules' code:
where the two agree, neither is likely to be wrong. What the dump does not hold (tags, check-ins' scores, other
connections, shared teams, nested binds) is not built; where it would matter, the counter stops.

    python tests/real/count_titanium.py DUMP EXAMPLE_DIR --sprint 1058 --now 2018-08-08
"""

import argparse
import gzip
import json
import re
import tomllib
from datetime import UTC, date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Table = dict[str, Any]


def count(dump: Path, example: Path, sprint: int, now: date) -> Table:
    """The classes of `sprint` by issue key, and each key result's delivery by id, as on the first moment of `now`."""
    config = tomllib.loads((example / "config.toml").read_text(encoding="utf-8"))
    registry: Table = {"objectives": []}
    for path in sorted((example / "okrs").glob("*.toml")):
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        registry["period"] = file["period"]
        registry["objectives"] += file["objectives"]
    issues = rewound(dump, now, sprint)
    key_results = {kr["id"]: kr for objective in registry["objectives"] for kr in objective["key_results"]}
    refuse_what_is_not_built(config, issues, key_results)

    # An issue that a key result is written to is the key result, never work.
    for kr in key_results.values():
        issues.pop(kr.get("write", {}).get("to", "").removeprefix("jira-main:issue/"), None)

    links = {key: bound_to(issue, issues, key_results) or ruled_to(issue, config) for key, issue in issues.items()}

    zone = ZoneInfo(config.get("timezone", "UTC"))
    begin = datetime.combine(registry["period"]["start"], time(), zone)
    cancelled = set(config["trackers"]["jira-main"]["cancelled_resolutions"])
    classes = classes_of(sprint, issues, links, config, cancelled)
    return {
        "issues": {"visible": len(issues), "sprint": len(classes)},
        "classes": classes,
        "by_class": {
            name: sum(1 for each in classes.values() if each == name)
            for name in ("aligned", "routine", "new", "broken", "unaligned")
        },
        "deliveries": {
            id: delivery_of(id, kr, issues, links, config, cancelled, begin) for id, kr in key_results.items()
        },
    }


def rewound(dump: Path, now: date, active: int) -> dict[str, Table]:
    """The issues by key as they stood: created later is absent, finished later is open, started later is no sprint."""
    moment = datetime.combine(now, time(), UTC)
    issues = {}
    with gzip.open(dump, "rt", encoding="utf-8") as lines:
        for line in lines:
            issue = json.loads(line)
            if datetime.fromisoformat(issue["created"]) > moment:
                continue
            finished = None
            if issue["category"] == "done":
                finished = datetime.fromisoformat(issue["resolutiondate"] or issue["updated"])
                if finished > moment:
                    finished = None
            sprints = set()
            for each in issue["sprints"]:
                started = each["startDate"] and datetime.fromisoformat(each["startDate"]) <= moment
                if started or each["id"] == active:
                    sprints.add(each["id"])
            issues[issue["key"]] = {
                "key": issue["key"],
                "project": issue["project"],
                "type": issue["type"],
                "subtask": issue["subtask"],
                "title": issue["summary"] or "",
                "description": issue["description"] or "",
                "labels": issue["labels"],
                "components": issue["components"],
                "parent": issue["parent"] or issue["epic"],
                "points": issue["sp"],
                "finished": finished,
                "resolution": issue["resolution"] if finished else None,
                "sprints": sprints,
            }
    # A parent that is not visible is not named by its children either.
    for issue in issues.values():
        if issue["parent"] not in issues:
            issue["parent"] = None
    return issues


def refuse_what_is_not_built(config: Table, issues: dict[str, Table], key_results: dict[str, Table]) -> None:
    """Stop where the dump or the example holds what this counter leaves out."""
    assert list(config["teams"]) == ["sdk"] and list(config["trackers"]) == ["jira-main"]
    heads = {id.split("-")[0].lower() for id in key_results}
    names = {name.lower() for kr in key_results.values() for name in kr.get("aliases", [])}
    for key, issue in issues.items():
        assert issue["project"] in config["teams"]["sdk"]["scopes"]["jira-main"]["projects"], key
        assert not [label for label in issue["labels"] if label.lower().startswith("okr")], f"{key} has a tag"
        assert not re.search(r"^\W*okr\s*:", issue["description"], re.IGNORECASE | re.MULTILINE), f"{key} has a trailer"
        for text in re.findall(r"\[([^\]]*)\]", issue["title"]):
            like_an_id = re.split(r"[-._/]", text.strip().lower())[0] in heads or text.strip().lower() in names
            assert not like_an_id, f"{key} has a tag in its title"
        assert not (issue["type"] == "Epic" and issue["parent"]), f"{key} is an epic in an epic"


def bound_to(issue: Table | None, issues: dict[str, Table], key_results: dict[str, Table]) -> list[str]:
    """The key results that name the issue, or else its nearest ancestor that any of them names."""
    while issue is not None:
        address = "jira-main:issue/" + issue["key"]
        found = [id for id, kr in key_results.items() if address in kr.get("binds", [])]
        if found:
            return found
        issue = issues.get(issue["parent"])
    return []


def ruled_to(issue: Table, config: Table) -> list[str]:
    """The key result of the first of the config's rules that the issue fulfils."""
    for rule in config["rules"]:
        if all(fulfils(issue, name, value) for name, value in rule.items() if name != "kr"):
            return [rule["kr"]]
    return []


def fulfils(issue: Table, name: str, value: str) -> bool:
    """Whether one condition holds; case is nothing, as in Jira's own searches."""
    held = {"label": issue["labels"], "component": issue["components"]}.get(name) or [issue.get(name, "")]
    return value.lower() in [each.lower() for each in held]


def classes_of(
    sprint: int, issues: dict[str, Table], links: dict[str, list[str]], config: Table, cancelled: set[str]
) -> dict[str, str]:
    """The class of each row of the sprint: no sub-task, no epic, not cancelled."""
    classes = {}
    for key, issue in issues.items():
        if sprint not in issue["sprints"] or issue["subtask"] or issue["type"] == "Epic":
            continue
        if issue["resolution"] in cancelled:
            continue
        routine = [
            rule
            for each in config["teams"]["sdk"]["routine"].values()
            for rule in each["rules"]
            if all(fulfils(issue, name, value) for name, value in rule.items())
        ]
        classes[key] = "aligned" if links[key] else "routine" if routine else "unaligned"
    return classes


def delivery_of(
    id: str,
    kr: Table,
    issues: dict[str, Table],
    links: dict[str, list[str]],
    config: Table,
    cancelled: set[str],
    begin: datetime,
) -> Table:
    """Done, total and share of the work linked to one key result; share None where there is no work."""
    unit = kr.get("unit") or config["teams"]["sdk"].get("unit", "points")
    linked = {}
    for key, issue in issues.items():
        if id not in links[key] or issue["resolution"] in cancelled:
            continue
        if issue["finished"] and issue["finished"] < begin:
            continue
        linked[key] = issue

    counted = dict(linked)
    for key, issue in linked.items():
        children = [child for child in linked.values() if child["parent"] == key]
        if issue["type"] == "Epic":
            if children:
                counted.pop(key, None)
            continue
        estimated = [child for child in children if child["points"] is not None]
        if issue["points"] is not None or not estimated:
            gone = [child["key"] for child in children]
        else:
            gone = [key] + [child["key"] for child in children if child["points"] is None]
        for each in gone:
            counted.pop(each, None)

    done, total, unestimated = Fraction(0), Fraction(0), 0
    for key, issue in counted.items():
        amount = Fraction(1, len(links[key]))
        if unit == "points":
            amount *= Fraction(1) if issue["points"] is None else Fraction(issue["points"])
        unestimated += issue["points"] is None
        total += amount
        if issue["finished"]:
            done += amount
    if not counted:
        return {"unit": unit, "done": 0, "total": 0, "share": None, "issues": 0, "unestimated": 0, "keys": []}
    total = Fraction(kr["measure"].get("target", total)) if kr["measure"]["kind"] == "delivery" else total
    return {
        "unit": unit,
        "done": float(done),
        "total": float(total),
        "share": float(min(done / total, Fraction(1))),
        "issues": len(counted),
        "unestimated": unestimated,
        "keys": sorted(counted),
    }


def main() -> None:
    """Print what `count` finds, as JSON."""
    parser = argparse.ArgumentParser(description="Count the real issues by another route.")
    parser.add_argument("dump", type=Path)
    parser.add_argument("example", type=Path)
    parser.add_argument("--sprint", type=int, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    asked = parser.parse_args()
    print(json.dumps(count(asked.dump, asked.example, asked.sprint, asked.now.date()), indent=2))


if __name__ == "__main__":
    main()
