"""`okrsync init`: files that load and run as they are, and nothing of anybody's overwritten."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.stage import on_stage
from typer.testing import CliRunner, Result

from adapters.errors import ConfigProblem
from syncer.cli import app
from syncer.config import examine, load
from syncer.run import run
from syncer.start import begin

TODAY = date(2026, 11, 18)
URL = "https://acme.atlassian.net"


def init(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["init", *map(str, arguments)])


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ({"kind": "jira", "url": URL}, ("JIRA_EMAIL", "JIRA_API_TOKEN")),
        ({"kind": "jira", "url": "https://jira.acme.example", "is_data_center": True}, ("JIRA_TOKEN",)),
        ({"kind": "linear"}, ("LINEAR_API_KEY",)),
    ],
    ids=["cloud", "data-center", "linear"],
)
def test_what_is_written_loads_and_lint_has_nothing_to_say(
    options: dict[str, object], variables: tuple[str, ...], tmp_path: Path
) -> None:
    begun = begin(tmp_path, key="pay", today=TODAY, **options)  # type: ignore[arg-type]

    examined = examine(begun.config)

    assert (examined.problems, examined.findings) == ((), ())
    assert begun.variables == variables
    assert all(f'= "{name}"' in begun.config.read_text("utf-8") for name in variables)


@given(today=st.dates(date(2000, 1, 1), date(2199, 12, 31)))
@settings(max_examples=30, deadline=None)
def test_the_period_is_the_quarter_of_the_day(today: date, tmp_path_factory: pytest.TempPathFactory) -> None:
    begun = begin(tmp_path_factory.mktemp("init"), kind="linear", today=today)

    [period] = load(begun.config)[1].periods

    assert period.is_in_force(today)
    assert (period.start.day, period.start.month % 3) == (1, 1)
    assert 90 <= (period.end - period.start).days + 1 <= 92


def test_a_first_plan_of_the_written_files_reads_the_tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path / "company", monkeypatch, size=0.1) as stage:
        begun = begin(tmp_path / "mine", kind="jira", url=stage.sandbox.jira.url, key="PAY", today=TODAY)
        config, registry = load(begun.config)

        done = run(replace(config, mirror=None), registry, mode="plan", at=stage.sandbox.now)

    assert done.exit_code == 0
    assert [len(reading.issues) > 10 for reading in done.figures.readings] == [True]


@pytest.mark.parametrize("theirs", ["config.toml", "okrs/mine.toml"])
def test_nothing_is_overwritten(theirs: str, tmp_path: Path) -> None:
    (tmp_path / "okrs").mkdir()
    (tmp_path / theirs).write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigProblem, match="is there already"):
        begin(tmp_path, kind="linear", today=TODAY)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / theirs]
    assert (tmp_path / theirs).read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "url", ["", "acme.atlassian.net", "https://", "https://me:token@acme.atlassian.net", "https://[x"]
)
def test_an_address_that_is_none_is_told_before_anything_is_written(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match="is no address") as told:
        begin(tmp_path, kind="jira", url=url, today=TODAY)

    assert "token" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_ci_is_asked_nothing_and_is_told_what_to_type_next(tmp_path: Path) -> None:
    unsaid = init("--directory", tmp_path)
    said = init("--kind", "jira", "--url", URL, "--key", "PAY", "--directory", tmp_path)

    assert (unsaid.exit_code, said.exit_code) == (2, 0)
    assert "--kind is needed" in unsaid.output
    assert f"okrsync doctor --config {tmp_path / 'config.toml'}" in said.output
    assert "okrsync plan" in said.output
