"""What doctor finds of a Linear, before a run finds it in its middle."""

from collections.abc import Iterator
from datetime import date

import pytest
from unit.linear.workspaces import SINCE, Company, Cycle, a_target, served

from adapters.examining import Diagnosis, Examined, Questions, Severity
from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.retry import Deadline
from adapters.sandbox.linear.app import LinearApp
from mappings.model import Scope
from mappings.targets import Target
from syncer.expiry import expiry_notes

TODAY = date(2026, 11, 18)


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        monkeypatch.setenv("APP_ID", made.workspace.client_id)
        monkeypatch.setenv("APP_SECRET", made.workspace.client_secret)
        made.an_issue()
        yield made


def a_scope(*teams: str, **values: object) -> Scope:
    return Scope(tracker="lin", team="growth", teams=teams or ("GRO",), **values)  # type: ignore[arg-type]


def found(
    company: Company, *scopes: Scope, targets: tuple[Target, ...] = (), flags: bool = False, **settings: object
) -> list[Diagnosis]:
    """Everything that doctor says with these settings; the scope is GRO's unless others are given."""
    given = {"kind": "linear", "url": f"{company.server.url}/graphql", "token_env": "LINEAR_TEST_TOKEN", **settings}
    if "client_id_env" in settings:
        del given["token_env"]
    connection = connect(
        "lin", LinearSettings.model_validate(given), deadline=Deadline(60, sleep=lambda _: None), may_write=False
    )
    assert isinstance(connection, Examined)
    questions = Questions(today=TODAY, since=SINCE, scopes=scopes or (a_scope(),), targets=targets, flags=flags)
    return list(connection.examine(questions))


def of(diagnoses: list[Diagnosis], topic: str) -> list[str]:
    return [f"{it.severity.value}: {it.message}" for it in diagnoses if it.topic == topic]


def not_well(diagnoses: list[Diagnosis]) -> list[Diagnosis]:
    return [it for it in diagnoses if it.severity is not Severity.OK]


def an_app(company: Company) -> dict[str, object]:
    return {"client_id_env": "APP_ID", "client_secret_env": "APP_SECRET"}


def test_a_healthy_workspace_is_described_with_reads_alone(company: Company) -> None:
    target = a_target(company.an_issue("Cut P1 incidents"))

    diagnoses = found(company, targets=(target,))

    assert not_well(diagnoses) == []
    assert of(diagnoses, "sign-in") == [
        "ok: the workspace Acme knows the token as okrsync, a person's user, by a personal API key"
    ]
    assert of(diagnoses, "scope") == [
        "ok: the token sees 1 team (GRO) with 2 issues",
        "ok: lin/growth: GRO Cycle 2 (active), GRO Cycle 3 (next)",
    ]
    assert of(diagnoses, "fields") == [
        "ok: GRO: estimates on the fibonacci scale; an issue without one counts 1, the team's default"
    ]
    assert of(diagnoses, "target") == [f'ok: {target} "Cut P1 incidents" is there']
    assert "of 2500 requests and " in of(diagnoses, "limits")[0]
    assert company.server.mutations == []


def test_who_signs_in_and_how_is_told(company: Company) -> None:
    company.workspace.viewer.app = True

    assert of(found(company, **an_app(company)), "sign-in") == [
        "ok: the workspace Acme knows the token as okrsync, an app, by client credentials"
    ]


def test_a_guest_is_warned_of(company: Company) -> None:
    company.workspace.viewer.guest = True

    assert "warning: okrsync is a guest, and sees only the teams that it was added to" in of(found(company), "sign-in")


def test_a_wrong_token_is_one_error_with_what_to_do(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEAR_TEST_TOKEN", "lin_api_wrong")

    (only,) = found(company)

    assert (only.topic, only.severity) == ("sign-in", Severity.ERROR)
    assert only.advice


def test_teams_that_the_key_does_not_see_show_in_the_workspaces_own_count(company: Company) -> None:
    company.workspace.issues_out_of_sight = 900

    assert (
        "ok: the token sees 1 team (GRO) with 1 issues; the workspace counts about 901, so there may be teams that it "
        "does not see"
    ) in of(found(company), "scope")


def test_a_team_of_the_config_that_the_key_does_not_see_is_an_error(company: Company) -> None:
    (problem,) = [it for it in found(company, a_scope("GRO", "NIL")) if it.severity is Severity.ERROR]

    assert "there is no Linear team NIL" in problem.message
    assert "the teams of the API key" in problem.advice


def test_a_team_that_was_renamed_is_told_with_what_to_write(company: Company) -> None:
    company.workspace.rename_team(company.team(), "GROW")

    (told,) = [it for it in found(company) if "now called" in it.message]

    assert (told.severity, told.advice) == (Severity.WARNING, 'write "GROW" in its place')


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        ("exponential", "estimates on the exponential scale; an issue without one counts 2, the team's default"),
        ("tShirt", "estimates in T-shirt sizes, numbers underneath; an issue without one counts 2, the team's default"),
        ("notUsed", "no estimates; an issue without points counts as `unestimated` says"),
    ],
)
def test_each_teams_scale_is_told(company: Company, scale: str, said: str) -> None:
    company.team().issue_estimation_type = scale
    company.team().default_issue_estimate = 2

    assert of(found(company), "fields") == [f"ok: GRO: {said}"]


def test_a_scope_without_a_cycle_that_could_be_reported_is_a_warning(company: Company) -> None:
    for cycle in company.workspace.all(Cycle):
        company.workspace.delete(cycle)

    (told,) = [it for it in not_well(found(company)) if it.topic == "scope"]

    assert told.message == "lin/growth: no active or next cycle, and no team without cycles"
    assert "cycles on" in told.advice


def test_a_team_without_cycles_is_a_window(company: Company) -> None:
    company.a_team("OPS", cycles_enabled=False)

    said = of(found(company, a_scope("OPS", kanban_days=7)), "scope")

    assert "ok: lin/growth: OPS has no cycles, shown as its last 7 days" in said


def test_what_the_last_day_of_a_token_is_and_what_is_not_known_of_it(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert of(found(company), "token")[0].startswith("ok: its last day is not known here: set token_expires")
    assert of(found(company, token_expires="2026-11-28"), "token")[0] == "warning: it ends on 2026-11-28, in 10 days"

    monkeypatch.setenv("LINEAR_TEST_TOKEN", f"Bearer {company.workspace.oauth_token}")

    assert "lasts 24 hours" in of(found(company), "token")[0]
    assert of(found(company, token_expires="2027-03-01"), "token")[0] == "ok: it lasts until 2027-03-01"


def test_every_run_says_that_a_token_is_about_to_end() -> None:
    settings = LinearSettings(kind="linear", token_expires=date(2026, 11, 20))

    assert expiry_notes({"lin": settings}, TODAY) == [
        "lin: the token expires on 2026-11-20: make a new one, and set token_expires to its last day"
    ]


def test_the_token_of_an_app_lasts_30_days_and_is_renewed(company: Company) -> None:
    assert of(found(company, **an_app(company)), "token") == [
        "ok: it lasts until 2026-12-17, and is renewed when Linear refuses it"
    ]


def test_an_app_that_was_granted_reading_alone_is_an_error(company: Company) -> None:
    granted = b'{"access_token": "oauth", "expires_in": 60, "scope": "read"}'
    company.server.faults.answer(status=200, body=granted, when=lambda call: call.operation == "token")

    (problem,) = [it for it in found(company, **an_app(company)) if it.severity is Severity.ERROR]

    assert problem.message == "the app was granted read, and nothing can be written with that"


def test_that_a_key_may_be_limited_to_reading_is_said_where_something_is_to_be_written(company: Company) -> None:
    unknown = "ok: Linear does not tell whether it may write: a key limited to reading fails at a change"

    assert unknown not in of(found(company), "token")
    assert unknown in of(found(company, flags=True), "token")


def test_a_target_that_is_not_there_is_an_error_and_the_others_go_on(company: Company) -> None:
    gone, there = Target("lin", "issue", "GRO-99"), a_target(company.an_issue("Here"))

    severities = [it.severity for it in found(company, targets=(gone, there)) if it.topic == "target"]

    assert severities == [Severity.ERROR, Severity.OK]


def test_an_hour_that_is_nearly_used_up_is_a_warning(company: Company) -> None:
    assert isinstance(company.server.app, LinearApp)
    company.server.app.quota.requests.remaining = 400

    (told,) = [it for it in found(company) if it.topic == "limits"]

    assert told.severity is Severity.WARNING
    assert "less than a fifth" in told.message
