"""Behind a company's own CA and proxy: real TLS and a real forward proxy on loopback, in front of both trackers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.test_command import okrsync
from support.company_network import CompanyCa, behind_tls, closed_port, forward_proxy, silent_server
from support.stage import Stage, on_stage

from adapters.errors import ConfigProblem
from syncer.run import Run

TRACKERS = ["jira-main", "linear-main"]
TLS_TELLS = "(unable to get local issuer certificate): set ca_bundle to a file with the CA certificates of your company"


@pytest.fixture
def ca(tmp_path: Path) -> CompanyCa:
    return CompanyCa(tmp_path)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The small company; nothing of this machine's own network settings."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE")]:
        monkeypatch.delenv(name)
    with on_stage(tmp_path / "company", monkeypatch, size=0.1) as running:
        yield running


def configure(stage: Stage, tracker: str, *lines: str, url: str = "") -> None:
    """Lines more in a tracker's table, and another address."""
    config = stage.sandbox.config
    text = config.read_text("utf-8")
    head = f"[trackers.{tracker}]\n"
    assert head in text
    text = text.replace(head, "\n".join([head.rstrip(), *lines, ""]))
    if url:
        text = text.replace(stage.sandbox.urls[tracker].removesuffix("/graphql"), url)
    config.write_text(text, "utf-8")


def problems(run: Run, tracker: str) -> list[str]:
    """Why the tracker's scopes were not read."""
    return [it.problem for it in run.figures.readings if it.scope.tracker == tracker and it.problem]


def writes_to(run: Run, tracker: str) -> set[str]:
    """What became of the changes there."""
    return {it.status.value for it in run.plan.changes if it.target and it.target.tracker == tracker}


def server_of(stage: Stage, tracker: str):  # type: ignore[no-untyped-def]
    return stage.sandbox.jira if tracker == "jira-main" else stage.sandbox.linear


@pytest.mark.parametrize("tracker", TRACKERS)
def test_with_the_companys_ca_everything_is_read_and_written_over_tls(
    stage: Stage, ca: CompanyCa, tracker: str
) -> None:
    with behind_tls(server_of(stage, tracker).url, ca) as front:
        configure(stage, tracker, f'ca_bundle = "{ca.bundle}"', url=front.url)

        done = stage.run()

    assert done.exit_code == 0
    assert writes_to(done, tracker) == {"changed"}
    assert front.connections > 0


@pytest.mark.parametrize("tracker", TRACKERS)
def test_without_it_the_setting_is_named_and_nothing_is_written(stage: Stage, ca: CompanyCa, tracker: str) -> None:
    with behind_tls(server_of(stage, tracker).url, ca) as front:
        configure(stage, tracker, url=front.url)

        done = stage.run()

    assert done.exit_code == 1
    assert all(TLS_TELLS in problem for problem in problems(done, tracker))
    assert problems(done, tracker)
    assert server_of(stage, tracker).calls == []
    assert "changed" not in writes_to(done, tracker)


def test_another_companys_ca_is_not_believed(stage: Stage, ca: CompanyCa, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = CompanyCa(tmp_path / "other")
    with behind_tls(stage.sandbox.jira.url, ca) as front:
        configure(stage, "jira-main", f'ca_bundle = "{other.bundle}"', url=front.url)

        [problem] = problems(stage.run("plan"), "jira-main")

    assert f"ca_bundle names {other.bundle}: does it hold the CA that signed this certificate?" in problem


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_ca_bundle_without_certificates_is_told(stage: Stage, ca: CompanyCa, tracker: str) -> None:
    ca.bundle.write_text("not a certificate\n")
    with behind_tls(server_of(stage, tracker).url, ca) as front:
        configure(stage, tracker, f'ca_bundle = "{ca.bundle}"', url=front.url)

        with pytest.raises(ConfigProblem, match=f"{ca.bundle}, which ca_bundle names, holds no CA certificates"):
            stage.run("plan")

    assert server_of(stage, tracker).calls == []


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_variable_that_holds_no_proxy_is_told_before_anything_is_sent(
    stage: Stage, tracker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(stage, tracker, 'proxy_env = "ACME_PROXY"')

    with pytest.raises(ConfigProblem, match="no proxy address: set the environment variable ACME_PROXY"):
        stage.run("plan")
    monkeypatch.setenv("ACME_PROXY", "worker:s3cret-word@proxy.acme.example:3128")
    with pytest.raises(ConfigProblem, match="ACME_PROXY holds no address as") as told:
        stage.run("plan")

    assert "s3cret" not in str(told.value)
    assert server_of(stage, tracker).calls == []


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_server_without_tls_is_not_called_one_with_a_bad_certificate(stage: Stage, tracker: str) -> None:
    url = server_of(stage, tracker).url.replace("http:", "https:")
    configure(stage, tracker, url=url)

    [problem, *_] = problems(stage.run("plan"), tracker)

    assert "no TLS connection to" in problem
    assert "could be made (wrong version number" in problem


@pytest.mark.parametrize("tracker", TRACKERS)
def test_every_request_passes_the_proxy(stage: Stage, tracker: str) -> None:
    with forward_proxy() as proxy:
        configure(stage, tracker, f'proxy = "{proxy.url}"')

        done = stage.run()

    assert done.exit_code == 0
    assert writes_to(done, tracker) == {"changed"}
    assert len(proxy.requests) == len(server_of(stage, tracker).calls) == done.requests[tracker]


@pytest.mark.parametrize("tracker", TRACKERS)
def test_tls_goes_through_the_proxys_tunnel_and_no_other_way(stage: Stage, ca: CompanyCa, tracker: str) -> None:
    with behind_tls(server_of(stage, tracker).url, ca) as front, forward_proxy() as proxy:
        configure(stage, tracker, f'ca_bundle = "{ca.bundle}"', f'proxy = "{proxy.url}"', url=front.url)

        done = stage.run()

    assert done.exit_code == 0
    assert {request.split()[0] for request in proxy.requests} == {"CONNECT"}
    assert len(proxy.requests) == front.connections > 0


@pytest.mark.parametrize("tracker", TRACKERS)
def test_the_proxys_name_and_password_come_from_a_variable(
    stage: Stage, tracker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forward_proxy() as proxy:
        proxy.credentials = "worker:s3cret-word"
        configure(stage, tracker, 'proxy_env = "ACME_PROXY"')
        monkeypatch.setenv("ACME_PROXY", proxy.url.replace("//", "//worker:s3cret-word@"))

        assert stage.run("plan").exit_code == 0
        assert proxy.requests


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_proxy_that_wants_a_password_says_where_to_put_it(
    stage: Stage, ca: CompanyCa, tracker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with behind_tls(server_of(stage, tracker).url, ca) as front, forward_proxy() as proxy:
        proxy.credentials = "worker:s3cret-word"
        configure(stage, tracker, f'ca_bundle = "{ca.bundle}"', 'proxy_env = "ACME_PROXY"', url=front.url)
        monkeypatch.setenv("ACME_PROXY", proxy.url.replace("//", "//worker:wrong-word@"))

        [problem, *_] = problems(stage.run("plan"), tracker)

    assert f"the proxy {proxy.url} wants a name and a password (407)" in problem
    assert "proxy_env" in problem
    assert "wrong-word" not in problem


@pytest.mark.parametrize("tracker", TRACKERS)
@pytest.mark.parametrize(("status", "says"), [(403, "does not let this machine through"), (503, "answered 503")])
def test_a_proxy_that_refuses_is_named(stage: Stage, ca: CompanyCa, tracker: str, status: int, says: str) -> None:
    with behind_tls(server_of(stage, tracker).url, ca) as front, forward_proxy() as proxy:
        proxy.refuses = status
        configure(stage, tracker, f'ca_bundle = "{ca.bundle}"', f'proxy = "{proxy.url}"', url=front.url)

        done = stage.run()

    assert done.exit_code == 1
    assert f"the proxy {proxy.url} {says}" in problems(done, tracker)[0]
    assert server_of(stage, tracker).calls == []


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_dead_proxy_is_named_without_what_signs_in_to_it(
    stage: Stage, tracker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = closed_port()
    configure(stage, tracker, 'proxy_env = "ACME_PROXY"')
    monkeypatch.setenv("ACME_PROXY", f"http://worker:s3cret-word@127.0.0.1:{port}")

    done = stage.run()

    assert done.exit_code == 1
    [problem, *_] = problems(done, tracker)
    assert f"the proxy http://127.0.0.1:{port} could not be reached" in problem
    assert "s3cret" not in problem
    assert "worker" not in problem
    assert server_of(stage, tracker).calls == []


def test_a_dead_proxy_of_the_environment_is_named_as_such(
    stage: Stage, ca: CompanyCa, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = closed_port()
    monkeypatch.setenv("HTTPS_PROXY", f"http://worker:s3cret-word@127.0.0.1:{port}")
    configure(stage, "jira-main", url="https://127.0.0.1:9")

    [problem, *_] = problems(stage.run("plan"), "jira-main")

    assert f"the proxy of the environment (HTTPS_PROXY), http://127.0.0.1:{port} could not be reached" in problem
    assert "s3cret" not in problem


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_server_that_never_answers_ends_within_the_time_out(stage: Stage, tracker: str) -> None:
    with silent_server() as address:
        configure(stage, tracker, "timeout_seconds = 0.05", url=f"http://{address}")

        done = stage.run()

    assert done.exit_code == 1
    assert all("did not answer within 0.05 s" in problem for problem in problems(done, tracker))
    assert problems(done, tracker)
    assert "changed" not in writes_to(done, tracker)


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_server_that_never_finishes_the_tls_handshake_ends_too(stage: Stage, ca: CompanyCa, tracker: str) -> None:
    with silent_server() as address:
        configure(stage, tracker, "timeout_seconds = 0.05", url=f"https://{address}")

        done = stage.run("plan")

    assert done.exit_code == 1
    assert all("within 0.05 s" in problem for problem in problems(done, tracker))
    assert problems(done, tracker)


def test_the_command_ends_with_1_and_prints_what_to_set(stage: Stage, ca: CompanyCa) -> None:
    with behind_tls(stage.sandbox.jira.url, ca) as front:
        configure(stage, "jira-main", url=front.url)
        day = stage.sandbox.now.date().isoformat()

        done = okrsync("plan", "--at", day, "--config", stage.sandbox.config)

    assert done.returncode == 1
    assert "ca_bundle" in done.stdout
    assert "Traceback" not in done.stderr
