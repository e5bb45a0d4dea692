"""Messages as channels get them: real HTTP, when due, once, with no secret and nothing that calls anybody."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.notifications import send
from mappings.notices import Notice
from syncer.config import load
from syncer.notify import notices_of, tell
from syncer.run import Run


class Channel(ThreadingHTTPServer):
    """What Apprise's `json://` posts to, on loopback."""

    def __init__(self) -> None:
        self.got: list[dict[str, str]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"json://user:hunter22@127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        channel = self.server
        assert isinstance(channel, Channel)
        channel.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(channel.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def a_channel() -> Iterator[Channel]:
    with Channel() as channel:
        thread = threading.Thread(target=channel.serve_forever, daemon=True)
        thread.start()
        try:
            yield channel
        finally:
            channel.shutdown()
            thread.join()


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    with a_channel() as opened:
        monkeypatch.setenv("TEAM_CHANNEL", opened.address)
        monkeypatch.setenv("OPERATOR", opened.address)
        yield opened


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def configure(stage: Stage, *lines: str, notify: str = "") -> None:
    """Every team has the channel; `lines` follow at the end."""
    text = stage.sandbox.config.read_text(encoding="utf-8")
    teams = [line for line in text.splitlines() if line.startswith("[teams.") and line.count(".") == 1]
    for team in teams:
        text = text.replace(team, f'{team}\nchannel_env = "TEAM_CHANNEL"', 1)
    text += "\n[notify]\n" + 'operator_env = "OPERATOR"\n' + notify + "\n" + "\n".join(lines)
    stage.sandbox.config.write_text(text, encoding="utf-8")


def told(run: Run, stage: Stage, *, hours: int = 0) -> tuple[str, ...]:
    return tell(run, stage.sandbox.now + timedelta(hours=hours), sends=True)


def test_a_team_is_told_what_is_worth_a_talk_and_once(stage: Stage, channel: Channel) -> None:
    configure(stage, notify='report_url = "https://reports.example/okr"')
    run = stage.run()
    expected = {it.subject: it for it in notices_of(run) if it.lines}
    assert expected

    assert told(run, stage) == ()
    first = list(channel.got)
    assert told(run, stage, hours=1) == ()

    assert channel.got == first
    assert {message["title"] for message in first} == {it.title for it in expected.values()}
    assert all("https://reports.example/okr#team=" in message["message"] for message in first)


def test_a_plan_sends_nothing_and_says_what_would_go_out(stage: Stage, channel: Channel) -> None:
    configure(stage)

    said = tell(stage.run("plan"), stage.sandbox.now, sends=False)

    assert channel.got == []
    assert all(line.startswith("would tell TEAM_CHANNEL: ") for line in said)


def test_what_a_channel_does_not_take_is_said_without_its_address_and_is_due_again(
    stage: Stage, channel: Channel
) -> None:
    configure(stage)
    run = stage.run()
    channel.status = 500

    failed = told(run, stage)
    channel.status, channel.got[:] = 200, []
    assert told(run, stage) == ()

    assert failed and all(line.endswith("the channel in TEAM_CHANNEL did not take it") for line in failed)
    assert "hunter22" not in str(failed)
    assert len(channel.got) == len(failed)


def test_a_target_is_told_once_when_it_is_reached(stage: Stage, channel: Channel) -> None:
    config, _ = load(stage.sandbox.config)
    team = config.rules.teams[0].key
    target = f'[[targets]]\nname = "less"\nteam = "{team}"\nfigure = "unaligned"\nat_most = "100%"\nby = 2026-12-31'
    configure(stage, target, notify='mute = ["digest:*"]')
    run = stage.run()

    told(run, stage)
    told(run, stage, hours=48)

    assert [message["title"] for message in channel.got] == ["less: reached"]


def test_a_source_that_failed_goes_to_the_operator_and_its_teams_digest_waits(stage: Stage, channel: Channel) -> None:
    configure(stage)
    assert stage.sandbox.linear is not None
    stage.sandbox.linear.faults.answer(status=500, when=lambda call: True, times=999)
    run = stage.run()
    failed = [reading.scope for reading in run.figures.readings if not reading.complete]

    told(run, stage)

    titles = {message["title"] for message in channel.got}
    assert failed
    assert {f"{scope.name} could not be read" for scope in failed} <= titles
    silent = {team.title for team in run.config.rules.teams if team.key in {scope.team for scope in failed}}
    assert not {f"{team}: worth a talk" for team in silent} & titles


@pytest.mark.parametrize(
    ("address", "why"), [(None, "NOWHERE is not set"), ("no address", "NOWHERE holds no address that Apprise knows")]
)
def test_a_channel_that_is_none_is_said_by_its_variable(
    address: str | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOWHERE", raising=False)
    if address:
        monkeypatch.setenv("NOWHERE", address)
    notice = Notice(channel="NOWHERE", subject="digest:x", title="x", lines=("y",))

    assert send([notice]) == {notice: why}


def test_nothing_in_a_message_calls_a_channel_or_a_person(channel: Channel) -> None:
    lines = ("<!channel> @here <https://evil.example|click> *bold*", "a second line")
    send([Notice(channel="TEAM_CHANNEL", subject="digest:x", title="t", lines=lines)])

    [message] = channel.got
    assert not [harm for harm in ("<", ">", "@h") if harm in message["message"]]
    assert "a second line" in message["message"]
