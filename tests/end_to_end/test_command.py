"""The command as a person or a cron job meets it: exit codes, texts, imports, tokens, kill -9."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from syncer.cli import app
from syncer.commands import past
from syncer.report.files import NAMES

OKRSYNC = [sys.executable, "-c", "from syncer.cli import main; main()"]
JIRA_TOKEN = "ATATT3xFfGF0-not-a-real-token-9f8e7d6c5b4a"
LINEAR_TOKEN = "lin_api_notARealTokenEither0123456789"


def okrsync(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*OKRSYNC, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"COLUMNS": "100"} | environment,
        cwd=Path(__file__).parents[2],
    )


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def at(stage: Stage) -> tuple[str, str, str, Path]:
    return ("--at", stage.sandbox.now.date().isoformat(), "--config", stage.sandbox.config)


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(option: str) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['okrsync', {option!r}]\n"
        "from syncer.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'jira', 'gql', 'jinja2', 'pydantic', 'requests', 'graphql', 'msgspec', 'werkzeug', 'lark'}\n"
        "heavy |= {'tantivy', 'sqlalchemy', 'apprise', 'tomlkit'}\n"
        "sys.stderr.write(repr(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0
    assert "okrsync" in done.stdout
    assert done.stderr == "[]"


def test_every_command_has_help_with_an_example() -> None:
    names = [each.name or each.callback.__name__ for each in app.registered_commands if each.callback]
    names += [
        f"history {each.name or each.callback.__name__}" for each in past.app.registered_commands if each.callback
    ]
    assert len(names) > 15
    for name in names:
        done = CliRunner().invoke(app, [*name.split(), "--help"])
        assert done.exit_code == 0
        assert f"Example: okrsync {name}" in " ".join(done.stdout.split()), name


def test_the_commands_of_a_day(stage: Stage, tmp_path: Path) -> None:
    out = tmp_path / "out"

    planned = okrsync("plan", *at(stage), "--format", "json")
    synced = okrsync("sync", *at(stage), "--output", out)
    again = okrsync("sync", *at(stage), "--format", "json")
    because = okrsync("explain", "PAY-O1-KR1", *at(stage))
    why = okrsync("explain", "PAY-2", *at(stage))

    assert planned.returncode == 0, planned.stderr
    assert {change["status"] for change in json.loads(planned.stdout)["changes"]} == {"would-change"}
    assert synced.returncode == 0, synced.stderr
    assert {path.name for path in out.iterdir()} == set(NAMES)
    document = json.loads(again.stdout)
    assert {kr["write"]["status"] for kr in document["key_results"]} <= {"unchanged", "none"}
    assert "work done" in because.stdout
    assert "PAY-2" in why.stdout and "label" in why.stdout
    assert "Traceback" not in synced.stderr + again.stderr + because.stderr


def test_an_unknown_subject_and_an_unknown_key_result_are_usage_errors(stage: Stage) -> None:
    for arguments in (("explain", "NOPE-1"), ("resume", "NOPE-O1-KR1"), ("sync", "--force", "NOPE")):
        done = okrsync(*arguments, *at(stage))
        assert done.returncode == 2, arguments
        assert "NOPE" in done.stderr


def test_sync_at_another_day_is_for_the_sandbox_only(stage: Stage) -> None:
    text = stage.sandbox.config.read_text(encoding="utf-8")
    stage.sandbox.config.write_text(text.replace(stage.sandbox.jira.url, "https://acme.invalid"), encoding="utf-8")

    done = okrsync("sync", *at(stage))

    assert done.returncode == 2
    assert "--at" in done.stderr


def test_a_missing_token_is_told_with_the_variable_to_set(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIRA_API_TOKEN")
    monkeypatch.delenv("LINEAR_API_KEY")

    done = okrsync("plan", *at(stage))

    assert done.returncode == 2
    assert "JIRA_API_TOKEN" in done.stderr and "LINEAR_API_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_tokens_appear_nowhere(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong tokens, a server that echoes the header back, and a config that holds one."""
    email = os.environ["JIRA_EMAIL"]
    basic = base64.b64encode(f"{email}:{JIRA_TOKEN}".encode()).decode()
    echo = {"errorMessages": [f"bad header Authorization: Basic {basic} for {JIRA_TOKEN}"]}
    for server in stage.sandbox.servers:
        server.faults.answer(
            status=400, body=json.dumps(echo | {"errors": [{"message": LINEAR_TOKEN}]}).encode(), times=999
        )
    monkeypatch.setenv("JIRA_API_TOKEN", JIRA_TOKEN)
    monkeypatch.setenv("LINEAR_API_KEY", LINEAR_TOKEN)
    out = tmp_path / "out"

    runs = [okrsync("-v", "sync", *at(stage), "--output", out), okrsync("-v", "plan", *at(stage), "--format", "json")]
    config = stage.sandbox.config
    config.write_text(
        config.read_text(encoding="utf-8").replace('token_env = "JIRA_API_TOKEN"', f'token = "{JIRA_TOKEN}"'),
        encoding="utf-8",
    )
    runs += [okrsync("-v", "sync", *at(stage)), okrsync("lint", "--config", config)]

    assert [run.returncode for run in runs] == [1, 1, 2, 2]
    texts = [run.stdout + run.stderr for run in runs]
    texts += [path.read_text(encoding="utf-8") for path in out.iterdir()]
    texts += [path.read_bytes().decode("utf-8", "replace") for path in tmp_path.glob("**/*.db")]
    for secret in (JIRA_TOKEN, LINEAR_TOKEN, basic):
        assert not [text for text in texts if secret in text]
    assert "token_env" in texts[2]


def test_killed_in_the_middle_and_run_again_ends_as_if_undisturbed(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, on_stage(tmp_path / "a", monkeypatch, size=0.1) as calm:
        assert okrsync("sync", *at(calm)).returncode == 0
        wanted = calm.state()
    with pytest.MonkeyPatch.context() as monkeypatch, on_stage(tmp_path / "b", monkeypatch, size=0.1) as stage:
        for server in stage.sandbox.servers:
            server.faults.delay(0.02)
        process = subprocess.Popen(
            [*OKRSYNC, "sync", *map(str, at(stage))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        )
        until = time.monotonic() + 60
        while len(stage.mutations()) < 4 and time.monotonic() < until:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert len(stage.mutations()) > 0
        assert stage.state() != wanted, "killed before it was done"

        assert okrsync("sync", *at(stage)).returncode == 0

        assert stage.state() == wanted
