"""The sandbox as a user starts it: servers on loopback, and a directory with a config that names them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from adapters.sandbox.company import JIRA_VARIABLES, NOW, build
from adapters.sandbox.company import data_center as company_data_center
from adapters.sandbox.dump import load_dump
from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.data_center import JiraDataCenter
from adapters.sandbox.jira.site import Board, Site, Sprint
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.workspace import Workspace
from adapters.sandbox.server import Server

Deployment = Literal["cloud", "data-center"]

_SIGN_IN = {
    "cloud": f'email_env = "{JIRA_VARIABLES[0]}"\ntoken_env = "{JIRA_VARIABLES[1]}"',
    "data-center": f'deployment = "data-center"\ntoken_env = "{company_data_center.VARIABLE}"',
}
_DUMP_CONFIG = """\
# A dump of issues, served by the sandbox as Jira. Found in it:
# projects {projects}
# boards {boards}
registry = ["okrs/*.toml"]

[trackers.jira-main]
kind = "jira"
url = "{url}"
{sign_in}
progress_field = "OKR progress"

# The team of the active sprint: {sprint}.
[teams.team]
name = "{name}"
scopes = {{ jira-main = {{ {scope} }} }}
routine = {{ bug = {{ rules = [{{ type = "Bug" }}], budget = "25%" }} }}
"""

_DUMP_REGISTRY = """\
# Your objectives go here. This one shows the form; take the marks off to use it.
[period]
id = "{quarter}"
start = {start}
end = {end}

# [[objectives]]
# id = "TEAM-O1"
# title = "What we want"
# team = "team"
#
# [[objectives.key_results]]
# id = "TEAM-O1-KR1"
# title = "How we see that we got there"
# measure = {{ kind = "delivery" }}
# binds = ["jira-main:issue/KEY-1"] # the epic whose work supports it
# write = {{ to = "file" }}
"""


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox. `environment` holds the variables that the config at `config` names."""

    config: Path
    environment: Mapping[str, str]
    now: datetime
    """The day to run for: the trackers' own clock."""
    jira: Server
    site: Site
    linear: Server | None = None
    workspace: Workspace | None = None
    jira_dc: Server | None = None
    """The company's Data Center, where it has one; a dump has one Jira, in `jira`, whatever it is."""
    dc_site: Site | None = None
    unknown: tuple[str, ...] = ()
    """What a dump cannot know, a sentence each."""

    @property
    def urls(self) -> dict[str, str]:
        """What each server answers at, by the connection's name in the config."""
        found = {} if self.jira is self.jira_dc else {"jira-main": self.jira.url}
        if self.jira_dc is not None:
            found["jira-dc"] = self.jira_dc.url
        if self.linear is not None:
            found["linear-main"] = f"{self.linear.url}/graphql"
        return found

    @property
    def servers(self) -> tuple[Server, ...]:
        """Every server there is."""
        found = dict.fromkeys((self.jira, self.jira_dc, self.linear))
        return tuple(server for server in found if server is not None)


@contextmanager
def open_company(
    directory: Path,
    *,
    now: date = NOW,
    size: float = 1.0,
    jira_port: int = 0,
    linear_port: int = 0,
    data_center: bool = False,
    data_center_port: int = 0,
) -> Iterator[Sandbox]:
    """Serve the made-up company until the context ends; `directory` gets its config and registry, over what is there.

    With `data_center`, platform and support are on a Data Center, the connection `jira-dc`, with their key results'
    issues; a small company has it as its only Jira, so that `jira` and `jira_dc` are one. Port 0 is a free one. Raises
    OSError when a port is taken or the directory cannot be written.
    """
    company = build(now, size)
    environment = company.environment()
    with ExitStack() as stack:
        jira_dc = dc_site = None
        if data_center:
            dc_site = company_data_center.take_out(company.site)
            jira_dc = stack.enter_context(Server(JiraDataCenter(dc_site)).start(data_center_port))
            company = replace(company, files=company_data_center.rewritten(company.files, jira_dc.url))
            environment[company_data_center.VARIABLE] = dc_site.accounts[0].token
        site = company.site
        if jira_dc is not None and dc_site is not None and not site.boards:
            jira, site = jira_dc, dc_site
        else:
            jira = stack.enter_context(Server(JiraCloud(site)).start(jira_port))
        linear = stack.enter_context(Server(LinearApp(company.workspace)).start(linear_port))
        yield Sandbox(
            config=company.write(directory, jira.url, f"{linear.url}/graphql"),
            environment=environment,
            now=site.now,
            jira=jira,
            site=site,
            linear=linear,
            workspace=company.workspace,
            jira_dc=jira_dc,
            dc_site=dc_site,
        )


@contextmanager
def open_dump(
    path: Path,
    directory: Path,
    *,
    active_sprint: int,
    now: date | datetime,
    jira_port: int = 0,
    deployment: Deployment = "cloud",
) -> Iterator[Sandbox]:
    """Serve an issue dump as Jira, as it was at `now`; `directory` gets a config with what was found in it.

    The connection is `jira-main` on either deployment. A registry that is there already is kept. Raises what
    `load_dump` raises, and OSError as `open_company` does.
    """
    site, unknown = load_dump(path, active_sprint=active_sprint, now=now)
    sprint = next(sprint for sprint in site.sprints if sprint.id == active_sprint)
    account = site.accounts[0]
    environment = dict(zip(JIRA_VARIABLES, (account.email, account.token), strict=True))
    if deployment == "data-center":
        environment = {company_data_center.VARIABLE: account.token}
    with Server(JiraDataCenter(site) if deployment == "data-center" else JiraCloud(site)).start(jira_port) as jira:
        registry = directory / "okrs"
        registry.mkdir(parents=True, exist_ok=True)
        if not any(registry.glob("*.toml")):
            (registry / "objectives.toml").write_text(_dump_registry(site.now.date()), encoding="utf-8")
        config = directory / "config.toml"
        config.write_text(_dump_config(site, sprint, jira.url, deployment), encoding="utf-8")
        yield Sandbox(
            config=config,
            environment=environment,
            now=site.now,
            jira=jira,
            site=site,
            unknown=tuple(unknown),
        )


def _dump_config(site: Site, sprint: Sprint, url: str, deployment: Deployment) -> str:
    board = site.board(sprint.board_id)
    projects = board.project_keys if board else sorted({i.project for i in site.issues if sprint.id in i.sprints})
    scope = f"projects = [{', '.join(map(_quoted, projects))}]"
    return _DUMP_CONFIG.format(
        projects=", ".join(project.key for project in site.projects),
        boards=", ".join(map(_named, site.boards)) or "none",
        url=url,
        sign_in=_SIGN_IN[deployment],
        sprint=f"{sprint.id} ({_one_line(sprint.name)})",
        name=_one_line(board.name) if board else "Team",
        scope=f"{scope}, boards = [{board.id}]" if board else scope,
    )


def _dump_registry(today: date) -> str:
    quarter = (today.month - 1) // 3
    start = date(today.year, 3 * quarter + 1, 1)
    end = (start + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    return _DUMP_REGISTRY.format(quarter=f"{today.year}-Q{quarter + 1}", start=start, end=end)


def _named(board: Board) -> str:
    return f"{board.id} ({', '.join(board.project_keys)})"


def _quoted(text: str) -> str:
    return f'"{_one_line(text)}"'


def _one_line(text: str) -> str:
    """A dump's text for a TOML comment or a string in quotes: nothing in it may end either."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in '"\\')
