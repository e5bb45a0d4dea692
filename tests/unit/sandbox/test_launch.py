"""The sandbox as a user starts it: servers, a directory with config and registry, the environment."""

import base64
import json
import re
import tomllib
import urllib.request
from datetime import UTC, date, datetime

import pytest

from adapters.sandbox.launch import open_company, open_dump
from syncer.config import load

NOW = date(2020, 5, 20)


def a_dump(path, **changes):
    """One story in the active sprint 7 of board 3, and a task of another project."""
    sprint = {
        "id": 7,
        "name": 'Sprint "7" \n[teams.x]',
        "state": "CLOSED",
        "boardId": 3,
        "startDate": "2020-05-11T08:00:00.000+0000",
        "endDate": "2020-05-25T08:00:00.000+0000",
        "completeDate": None,
        "goal": "",
    }
    story = {
        "id": "1",
        "key": "APP-1",
        "project": "APP",
        "type": "Story",
        "subtask": False,
        "summary": "Open the door",
        "description": "",
        "status": "Open",
        "category": "new",
        "labels": [],
        "parent": None,
        "epic": None,
        "epicName": None,
        "sprints": [sprint],
        "sp": 3,
        "created": "2020-05-01T08:00:00.000+0000",
        "updated": "2020-05-12T08:00:00.000+0000",
        "resolutiondate": None,
        "resolution": None,
        "priority": "High",
        "components": [],
        "fixVersions": [],
        "links": [],
    } | changes
    task = story | {"id": "2", "key": "WEB-1", "project": "WEB", "type": "Task", "sprints": []}
    path.write_text("\n".join(json.dumps(record) for record in (story, task)), encoding="utf-8")
    return path


def who_am_i(sandbox):
    credentials = f"{sandbox.environment['JIRA_EMAIL']}:{sandbox.environment['JIRA_API_TOKEN']}"
    request = urllib.request.Request(
        f"{sandbox.urls['jira-main']}/rest/api/3/myself",
        headers={"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["accountId"]


def viewer(sandbox):
    request = urllib.request.Request(
        sandbox.urls["linear-main"],
        data=json.dumps({"query": "{ viewer { name } }"}).encode(),
        headers={"Authorization": sandbox.environment["LINEAR_API_KEY"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]["viewer"]["name"]


def test_the_company_answers_to_its_credentials(tmp_path):
    with open_company(tmp_path, size=0.1) as sandbox:
        assert who_am_i(sandbox) == sandbox.site.accounts[0].account_id
        assert viewer(sandbox) == "okrsync"
        assert [len(server.calls) for server in sandbox.servers] == [1, 1]


def test_the_company_s_directory_is_ready_to_use(tmp_path):
    with open_company(tmp_path / "new", size=0.1) as sandbox:
        config, registry = load(sandbox.config)
        assert {name: settings.url for name, settings in config.trackers.items()} == sandbox.urls
        assert len(registry.live(sandbox.now.date())) == 5


def test_the_servers_stop_with_the_context(tmp_path):
    with open_company(tmp_path, size=0.1) as sandbox:
        servers = sandbox.servers
    for server in servers:
        with pytest.raises(RuntimeError):
            server.url  # noqa: B018


def test_a_dump_s_config_names_what_was_found_in_it(tmp_path):
    dump = a_dump(tmp_path / "dump.jsonl")
    with open_dump(dump, tmp_path / "try", active_sprint=7, now=NOW) as sandbox:
        config, registry = load(sandbox.config)
        assert [(scope.projects, scope.boards) for scope in config.scopes] == [(("APP",), (3,))]
        assert "WEB" in sandbox.config.read_text()
        assert [period.id for period in registry.periods] == ["2020-Q2"]
        assert sandbox.now == datetime(2020, 5, 20, tzinfo=UTC)
        assert who_am_i(sandbox) == sandbox.site.accounts[0].account_id
        assert sandbox.unknown


def test_a_dump_s_texts_cannot_write_config(tmp_path):
    dump = a_dump(tmp_path / "dump.jsonl")
    with open_dump(dump, tmp_path / "try", active_sprint=7, now=NOW) as sandbox:
        assert set(tomllib.loads(sandbox.config.read_text())["teams"]) == {"team"}


def test_a_registry_that_is_there_is_kept(tmp_path):
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "mine.toml").write_text('[period]\nid = "x"\nstart = 2020-04-01\nend = 2020-06-30\n')
    dump = a_dump(tmp_path / "dump.jsonl")
    with open_dump(dump, tmp_path, active_sprint=7, now=NOW):
        assert [path.name for path in (tmp_path / "okrs").iterdir()] == ["mine.toml"]


def test_a_sprint_that_is_not_in_the_dump_is_said(tmp_path):
    dump = a_dump(tmp_path / "dump.jsonl")
    with pytest.raises(ValueError, match="8"), open_dump(dump, tmp_path, active_sprint=8, now=NOW):
        pass


def dc_search(url, token, jql):
    request = urllib.request.Request(
        f"{url}/rest/api/2/search",
        data=json.dumps({"jql": jql, "fields": ["summary"], "maxResults": 1000}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return [issue["key"] for issue in json.load(answer)["issues"]]


def test_a_dump_may_be_a_data_center(tmp_path):
    dump = a_dump(tmp_path / "dump.jsonl")
    with open_dump(dump, tmp_path / "try", active_sprint=7, now=NOW, deployment="data-center") as sandbox:
        tracker = tomllib.loads(sandbox.config.read_text())["trackers"]["jira-main"]

        assert dc_search(sandbox.urls["jira-main"], sandbox.environment["JIRA_DC_TOKEN"], "sprint = 7") == ["APP-1"]
        assert (tracker["deployment"], tracker["token_env"]) == ("data-center", "JIRA_DC_TOKEN")
        assert "email_env" not in tracker
        assert list(sandbox.environment) == ["JIRA_DC_TOKEN"]


@pytest.mark.parametrize(("size", "teams"), [(1.0, {"platform": "PLT", "support": "SUP"}), (0.1, {"payments": "PAY"})])
def test_a_part_of_the_company_is_on_a_data_center(tmp_path, size, teams):
    with open_company(tmp_path, size=size, data_center=True) as sandbox:
        config = tomllib.loads(sandbox.config.read_text())
        there = {
            name: team["scopes"]["jira-dc"]["projects"]
            for name, team in config["teams"].items()
            if "jira-dc" in team["scopes"]
        }
        registry = "".join(path.read_text() for path in (tmp_path / "okrs").iterdir())
        token = sandbox.environment["JIRA_DC_TOKEN"]

        assert {name: tracker["url"] for name, tracker in config["trackers"].items()} == sandbox.urls
        assert there == {team: [key] for team, key in teams.items()}
        assert load(sandbox.config)[0].trackers["jira-dc"].deployment == "data-center"
        assert len(sandbox.servers) == len(sandbox.urls) == (2 if size < 0.5 else 3)
        assert len(dc_search(sandbox.urls["jira-dc"], token, "order by key")) == len(sandbox.dc_site.issues)
        assert not any(f"jira-main:issue/{key}-" in registry for key in teams.values())
        for name, site in {"jira-main": sandbox.site, "jira-dc": sandbox.dc_site}.items():
            named = re.findall(rf"{name}:issue/([A-Z]+-\d+)", registry)
            assert [key for key in named if site.issue(key) is None] == []


def test_no_part_of_the_company_is_lost_on_the_way(tmp_path):
    with open_company(tmp_path / "a") as whole, open_company(tmp_path / "b", data_center=True) as parted:
        parts = [issue.key for site in (parted.site, parted.dc_site) for issue in site.issues]
        assert sorted(issue.key for issue in whole.site.issues) == sorted(parts)
        assert "jira-dc" not in whole.config.read_text()
        assert [sprint.id for sprint in parted.dc_site.sprints if sprint.state == "active"] == [224]
