import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from support.company_files import CONFIG, REGISTRY, changed, company_files

from adapters.errors import ConfigProblem
from mappings.lint import WARNING
from mappings.model import Scope, SprintChoice
from mappings.settings import Rule
from syncer.config import examine, load

ROOT = Path(__file__).resolve().parents[3]


def problems_of(path: Path) -> list[str]:
    with pytest.raises(ConfigProblem) as caught:
        load(path)
    return [problem.replace(f"{path.parent}/", "") for problem in caught.value.problems]


def problems_with(directory: Path, *changes: tuple[str, str]) -> list[str]:
    return problems_of(company_files(directory, config=changed(CONFIG, *changes)))


def test_a_right_config_is_resolved(tmp_path):
    config, registry = load(company_files(tmp_path))

    assert config.scopes == (
        Scope(tracker="jira-main", team="payments", projects=("PAY",), boards=(12,)),
        Scope(tracker="linear-main", team="growth", teams=("GRO",)),
    )
    assert config.kinds == {"jira-main": "jira", "linear-main": "linear"}
    assert config.rules.rules == (Rule(component="Checkout", kr="PAY-O1-KR1"),)
    assert str(config.rules.zone) == "Europe/Zurich"
    assert config.deadline_seconds == 1200
    assert config.history == tmp_path / ".okrsync/history.db"
    assert config.registry_files == (tmp_path / "okrs/pay.toml",)
    assert config.since is None
    assert [kr.id for kr in registry.key_results] == ["PAY-O1-KR1", "PAY-O1-KR2"]
    assert registry.key_results[1].where == f"{tmp_path}/okrs/pay.toml:17"


def test_what_a_team_and_the_rules_may_set_arrives(tmp_path):
    more = """
[tags]
prefix = "goal:"
[flags]
label = true
[health]
committed = [1, 0.85]
[safety]
changed_floor = 2
[reading]
since = 2026-07-01
"""
    text = changed(
        CONFIG,
        ('unit = "points"', 'unit = "issues"\nmode = "service"\nunestimated = 2.5\nroutine_before_inheritance = true'),
        ('name = "Payments"', 'routine = { bug = { rules = [{ type = "Bug" }], budget = "25%" } }'),
        ("[teams.growth]", "[teams.growth]\nflags = { label = false }"),
        ('timezone = "Europe/Zurich"', 'deadline = "90s"\nstarted_credit = 0.25'),
    )
    config, _ = load(company_files(tmp_path, config=text + more))

    growth, payments = config.rules.teams
    assert (payments.unit, payments.mode, payments.unestimated) == ("issues", "service", Decimal("2.5"))
    assert payments.routine_before_inheritance
    assert payments.routine[0].budget == Decimal("0.25")
    assert payments.routine[0].rules == (Rule(type="Bug"),)
    assert (growth.flag_label, payments.flag_label) == (False, True)
    assert config.rules.prefix == "goal:"
    assert config.rules.health.committed == (Decimal(1), Decimal("0.85"))
    assert config.rules.started_credit == Decimal("0.25")
    assert config.safety.changed_floor == 2
    assert config.since == date(2026, 7, 1)
    assert config.deadline_seconds == 90


def test_five_mistakes_are_told_at_once_with_file_and_line(tmp_path):
    config = changed(
        CONFIG,
        ("Europe/Zurich", "Europe/Zürich"),
        ('token_env = "JIRA_API_TOKEN"', 'token = "ATATT-very-secret"'),
        ('unit = "points"', 'unit = "hours"'),
        ("{ linear-main = {", "{ linear-mian = {"),
    )
    registry = changed(REGISTRY, ("end = 2026-12-31", 'end = "31 December"'))

    assert problems_of(company_files(tmp_path, config=config, pay=registry)) == [
        'config.toml:2: timezone is not one that this machine knows; did you mean "Europe/Zurich"?',
        "config.toml:8: trackers.jira-main.token: a token does not belong in the config: "
        "name an environment variable with token_env",
        "config.toml:16: teams.payments.unit must be 'points' or 'issues'",
        'config.toml:20: teams.growth.scopes.linear-mian: there is no such tracker; did you mean "linear-main"?',
        "okrs/pay.toml:4: period.end must be a date, as in 2026-12-31, without quotes",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "Payments"', 'nmae = "Payments"', '15: teams.payments.nmae: unknown key; did you mean "name"?'),
        ("timezone =", "timezon =", '2: timezon: unknown key; did you mean "timezone"?'),
        (
            "boards = [12]",
            "board = [12]",
            '17: teams.payments.scopes.jira-main.board: unknown key; did you mean "boards"?',
        ),
        ("boards = [12]", 'boards = ["12"]', "17: teams.payments.scopes.jira-main.boards[1] must be a whole number"),
        ('kind = "linear"', 'kind = "asana"', '11: trackers.linear-main.kind must be "jira" or "linear"'),
        (
            "https://acme",
            "http://acme",
            "6: trackers.jira-main.url: expected https://..., or http://127.0.0.1:PORT on this machine",
        ),
        (
            '"JIRA_API_TOKEN"',
            '"ATATT3xFfGF0"',
            "8: trackers.jira-main.token_env names an environment variable; it must not hold a token",
        ),
        (
            '"LINEAR_API_KEY"',
            '"lin_api_abc"',
            "12: trackers.linear-main.token_env names an environment variable; it must not hold a token",
        ),
        (
            '{ teams = ["GRO"] }',
            '{ projects = ["GRO"] }',
            "20: linear-main is linear: a scope there has teams, not projects",
        ),
        ('{ teams = ["GRO"] }', "{ }", "20: the scope in linear-main is empty: it needs teams"),
        (
            'projects = ["PAY"], boards = [12]',
            'components = ["A"]',
            "17: components narrow projects: the scope in jira-main names none",
        ),
        ('kr = "PAY-O1-KR1"', 'kr = "PAY-O1"', '24: rules[1].kr names no key result; did you mean "PAY-O1-KR1"?'),
        ("okrs/*.toml", "", "1: registry[1] must not be empty"),
        (
            'kr = "PAY-O1-KR1"',
            'kr = "PAY-O1-KR9"',
            '24: rules[1].kr names no key result; did you mean "PAY-O1-KR1"?',
        ),
        (
            'kr = "PAY-O1-KR1"',
            'kr = "PAY-O1-KR1"\nteam = "payment"',
            '25: rules[1].team names no team; did you mean "payments"?',
        ),
        (
            'component = "Checkout"\n',
            "",
            "22: rules[1]: a rule needs a condition: project, component, type, label or team",
        ),
        ("okrs/*.toml", "goals/*.toml", "1: registry: no file matches"),
        ('["okrs/*.toml"]', "[]", "1: registry is missing or empty"),
        (
            'timezone = "Europe/Zurich"',
            'deadline = "soon"',
            '2: deadline: must be seconds, minutes or hours, as in "90s", "20m" or "1h"',
        ),
        ('timezone = "Europe/Zurich"', "started_credit = 2", "2: started_credit must be less than or equal to 1"),
        (
            'timezone = "Europe/Zurich"',
            "health = { committed = [0.1, 0.9] }",
            "2: health.committed: must be two numbers, on track first, then at risk, as in [0.7, 0.4]",
        ),
        (
            'timezone = "Europe/Zurich"',
            'flags = { unaligned_label = "OKR:none" }',
            "2: flags.unaligned_label must not begin with the tag prefix: it would be read as a tag",
        ),
        (
            'name = "Payments"',
            "routine = { bug = { budget = 25 } }",
            '15: teams.payments.routine.bug.budget: must be a share in percent, as in "25%"',
        ),
        (
            'name = "Payments"',
            'sprints = "last"',
            '15: teams.payments.sprints: must be "active", "next" or a list of names and ids, as in ["Sprint 12", 345]',
        ),
        (
            'name = "Payments"',
            "sprints = []",
            '15: teams.payments.sprints: must be "active", "next" or a list of names and ids, as in ["Sprint 12", 345]',
        ),
        (
            "boards = [12]",
            'jql = "labels = x"',
            "17: jql says all that is read: the scope in jira-main has no projects or components beside it",
        ),
        (
            'projects = ["PAY"], boards = [12]',
            'jql = "created >= {period.begin}"',
            "17: the jql in jira-main has {period.begin}: there are {period.start} and {period.end}",
        ),
        (
            '{ teams = ["GRO"] }',
            '{ jql = "labels = x" }',
            "20: linear-main is linear: a scope there has teams, not jql",
        ),
        ('timezone = "Europe/Zurich"', "timezone = ", "2: is not valid TOML: invalid value"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path, old, new, problem):
    assert f"config.toml:{problem}" in problems_with(tmp_path, (old, new))


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ('"active"', SprintChoice()),
        ('"next"', SprintChoice(next=True)),
        ('["Sprint 12", 345, "346"]', SprintChoice(ids=("345",), names=("Sprint 12", "346"))),
    ],
)
def test_the_choice_of_sprints_reaches_the_team_and_its_scopes(tmp_path, said, choice):
    text = changed(CONFIG, ('name = "Payments"', f"sprints = {said}\nkanban_days = 7"))

    config, _ = load(company_files(tmp_path, config=text))

    assert next(team.sprints for team in config.rules.teams if team.key == "payments") == choice
    assert (config.scopes[0].sprints, config.scopes[0].kanban_days) == (choice, 7)


def test_a_tracker_that_no_team_reads_from_is_told(tmp_path):
    text = changed(CONFIG, ('[teams.growth]\nscopes = { linear-main = { teams = ["GRO"] } }\n', ""))

    assert problems_of(company_files(tmp_path, config=text)) == [
        "config.toml:10: no team reads from trackers.linear-main: give one a scope there, or remove it"
    ]


def test_a_tracker_that_cannot_be_read_is_not_an_unknown_one_besides(tmp_path):
    assert problems_with(tmp_path, ('url = "https://acme.atlassian.net"\n', "")) == [
        "config.toml:4: trackers.jira-main.url is missing"
    ]


def test_a_key_result_that_cannot_be_read_is_not_an_unknown_one_besides(tmp_path):
    registry = changed(REGISTRY, ('title = "Ship the new ledger"\n', ""), ("PAY-O1-KR2", "PAY-O1-KR3"))
    registry += 'depends_on = ["PAY-O1-KR1"]\n'

    assert problems_of(company_files(tmp_path, pay=registry)) == [
        "okrs/pay.toml:11: objectives[1].key_results[1].title is missing"
    ]


def test_errors_of_the_registry_stop_the_load_and_name_their_rule(tmp_path):
    registry = changed(REGISTRY, ('team = "payments"', 'team = "paymnets"\nsupports = "CO-1"'))

    problems = problems_of(company_files(tmp_path, pay=registry))

    assert problems[:2] == [
        'okrs/pay.toml:6: OKR007 PAY-O1 supports what is not declared: there is no objective or key result "CO-1"',
        'okrs/pay.toml:6: OKR009 PAY-O1: no team "paymnets" in the config; did you mean "payments"?',
    ]


def test_warnings_of_the_registry_do_not_stop_the_load(tmp_path):
    path = company_files(tmp_path, pay=REGISTRY + '[[objectives]]\nid = "PAY-O2"\ntitle = "Later"\n')

    assert load(path)[1].objectives[1].id == "PAY-O2"
    assert [finding.severity for finding in examine(path).findings] == [WARNING]


def test_no_value_of_the_config_is_ever_repeated(tmp_path):
    secret = "s3cr3tvalue"
    text = changed(
        CONFIG,
        ('"Europe/Zurich"', f'"{secret}"'),
        ('"jira"', f'"{secret}"'),
        ('"linear"', f'"linear"\nurl = "http://{secret}:{secret}@example.invalid/{secret}"\napi_key = "{secret}"'),
        ('"LINEAR_API_KEY"', f'"lin_api_{secret}"'),
        ('"points"', f'"{secret}"'),
        ("[12]", f'["{secret}"]'),
        ('kr = "PAY-O1-KR1"', f'kr = "{secret}"\nteam = "{secret}"'),
        ("okrs/*.toml", f'okrs/*.toml", "{secret}/*.toml'),
    )
    registry = changed(
        REGISTRY,
        ("2026-12-31", f'"{secret}"'),
        ('"jira-main:issue/OKR-12"', f'"{secret}", policy = "{secret}"'),
        ('"manual"', f'"{secret}"'),
    )

    problems = problems_of(company_files(tmp_path, config=text, pay=registry))

    assert len(problems) >= 10
    assert secret not in "\n".join(problems)


def test_every_file_that_is_not_toml_is_told(tmp_path):
    path = company_files(tmp_path, pay=REGISTRY, bad="[period", worse="id = \n")

    assert problems_of(path) == [
        "okrs/bad.toml:1: is not valid TOML: expected ']' at the end of a table declaration",
        "okrs/worse.toml:1: is not valid TOML: invalid value",
    ]


def test_files_that_a_tracker_names_lie_beside_the_config(tmp_path):
    changes = (
        (
            'token_env = "JIRA_API_TOKEN"',
            'token_env = "JIRA_API_TOKEN"\ntoken_file = "jira-token"\nca_bundle = "ca.pem"',
        ),
        ('token_env = "LINEAR_API_KEY"', 'token_env = "LINEAR_API_KEY"\ntoken_file = "/run/linear-token"'),
    )

    config, _ = load(company_files(tmp_path, config=changed(CONFIG, *changes)))

    jira, linear = config.trackers["jira-main"], config.trackers["linear-main"]
    assert (jira.token_file, jira.ca_bundle) == (str(tmp_path / "jira-token"), str(tmp_path / "ca.pem"))
    assert linear.token_file == "/run/linear-token"


def test_a_config_whose_trackers_are_all_on_this_machine_is_a_sandbox(tmp_path):
    local = changed(
        CONFIG,
        ("https://acme.atlassian.net", "http://127.0.0.1:8001"),
        ('kind = "linear"', 'kind = "linear"\nurl = "http://localhost:8002/graphql"'),
    )
    (tmp_path / "local").mkdir()
    (tmp_path / "real").mkdir()

    assert load(company_files(tmp_path / "local", config=local))[0].is_sandbox
    assert not load(company_files(tmp_path / "real"))[0].is_sandbox


def test_the_example_config_loads(tmp_path):
    path = company_files(tmp_path)
    shutil.copy(ROOT / "config.example.toml", path)

    config, _ = load(path)

    assert [team.key for team in config.rules.teams] == ["growth", "payments", "reliability"]


def test_the_example_with_every_comment_taken_away_loads_and_says_every_key(tmp_path):
    from adapters.jira.settings import JiraSettings
    from adapters.linear.settings import LinearSettings
    from adapters.toml_source import load_toml
    from syncer import config_tables as tables
    from syncer.notify_tables import NotifyTable, WatchTable

    lines = (ROOT / "config.example.toml").read_text(encoding="utf-8").splitlines()
    keys = ("# [", '#   "', "# ]")
    uncommented = [
        line[2:] if line.startswith(keys) or (line.startswith("# ") and " = " in line) else line for line in lines
    ]
    path = company_files(tmp_path, config="\n".join(uncommented))
    load(path)
    path.write_text("\n".join(line.removeprefix("#: ") for line in uncommented), encoding="utf-8")
    found = load_toml(path).data
    payments = found["teams"]["payments"]
    said = {
        tables.ConfigTable: found,
        tables.TagsTable: found["tags"],
        tables.FlagsTable: found["flags"],
        tables.HealthTable: found["health"],
        tables.SafetyTable: found["safety"],
        tables.ReadingTable: found["reading"],
        NotifyTable: found["notify"],
        WatchTable: found["targets"][0],
        tables.LintTable: found["lint"],
        tables.IgnoreTable: found["lint"]["ignore"][0],
        tables.KrRuleTable: found["rules"][0],
        tables.TeamTable: payments,
        tables.CheckTable: payments["check"],
        tables.TeamFlagsTable: payments["flags"],
        tables.RoutineTable: payments["routine"]["bug"],
        tables.ScopeTable: payments["scopes"]["jira-main"]
        | found["teams"]["growth"]["scopes"]["linear-main"]
        | found["teams"]["reliability"]["scopes"]["jira-main"],
        JiraSettings: found["trackers"]["jira-main"],
        LinearSettings: found["trackers"]["linear-main"],
    }
    for model, table in said.items():
        assert sorted(table) == sorted(model.model_fields), model
    assert all(field.description for model in said for field in model.model_fields.values())
