"""`okrsync doctor` for Jira: who the token is, what it sees and may write, which fields were chosen and why.

Everything that would otherwise be found in the middle of a run: a field that is not on an edit screen, a right that is
missing, a board that is hidden. Only reads are sent.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from adapters.errors import TrackerError
from adapters.examining import Diagnosis, Questions, clock, error, ok, warning
from adapters.jira.client import Client
from adapters.jira.fetching import Fetching
from adapters.jira.okrs import okr_fields
from adapters.jira.scope import outline
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.standing import Found, read_found, standing_of
from adapters.jira.token_end import diagnosis_of, read_token_end
from mappings.model import Scope
from mappings.targets import Target

RIGHTS = (
    "BROWSE_PROJECTS",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "ADMINISTER_PROJECTS",
    "LINK_ISSUES",
)
_POINTS = re.compile(r";r=(\d+);t=(\d+)")


class _ServerInfo(msgspec.Struct, frozen=True, rename="camel"):
    deployment_type: str = ""
    version: str = ""


class _Myself(msgspec.Struct, frozen=True, rename="camel"):
    display_name: str = ""
    time_zone: str = ""


class _Permission(msgspec.Struct, frozen=True, rename="camel"):
    have_permission: bool = False


class _Permissions(msgspec.Struct, frozen=True):
    permissions: dict[str, _Permission]


class _EditMeta(msgspec.Struct, frozen=True):
    fields: dict[str, msgspec.Raw] = {}


_server_info = msgspec.json.Decoder(_ServerInfo)
_myself = msgspec.json.Decoder(_Myself)
_permissions = msgspec.json.Decoder(_Permissions)
_edit_meta = msgspec.json.Decoder(_EditMeta)


class Examination:
    """One examination of a site that was signed in to."""

    def __init__(self, client: Client, settings: JiraSettings, fetching: Fetching, site: Site) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self._site = site
        self._names = {field.id: field.name for field in site.customs}

    def diagnoses(self, questions: Questions) -> Iterator[Diagnosis]:
        """Everything, in order."""
        yield from self._who()
        yield from self._clock()
        yield diagnosis_of(read_token_end(self._client, self._settings), self._settings, questions.today)
        yield from self._fields()
        for scope in questions.scopes:
            yield from self._scope(scope, questions.since)
        for project in sorted({project for scope in questions.scopes for project in scope.projects}):
            yield from self._project(project, questions)
        yield from self._targets(questions.targets)
        yield self._limits()

    def _who(self) -> Iterator[Diagnosis]:
        me = self._client.fetch(_myself, "GET", f"{self._client.api}/myself")
        how = {
            "basic": "e-mail and API token",
            "scoped": "a scoped token, through the gateway",
            "oauth": "OAuth 2 client credentials, through the gateway",
            "pat": "a personal access token",
        }[self._settings.sign_in]
        yield ok("sign-in", f"{self._settings.url} knows the token as {me.display_name or 'an account'}, by {how}")
        info = self._client.fetch(_server_info, "GET", f"{self._client.api}/serverInfo")
        cloud = (info.deployment_type or "Cloud") == "Cloud"
        kind = "Jira Cloud" if cloud else f"Jira Data Center {info.version}".rstrip()
        if cloud == self._settings.is_data_center:
            said = 'deployment = "data-center"' if not cloud else 'deployment = "cloud"'
            yield error("deployment", f"this is {kind}", f"write {said}")
        else:
            yield ok("deployment", f"{kind}; the account's time zone is {me.time_zone or 'not told'}")

    def _clock(self) -> Iterator[Diagnosis]:
        server = self._client.server_time
        if server is not None:
            yield clock(time.time(), server.timestamp())

    def _fields(self) -> Iterator[Diagnosis]:
        site, settings = self._site, self._settings
        if site.sprint:
            yield ok("fields", f"sprints are in {self._named(site.sprint)}, found by its type")
        else:
            yield warning("fields", "no sprint field is visible", "give the account the right to see the Sprint field")
        if site.progress:
            yield ok("fields", f"the score is written to {self._named(site.progress)}, as progress_field says")
        else:
            yield ok("fields", "the score is written to an entity property alone: progress_field is not set")
        if site.estimate:
            yield ok("fields", f"estimates are in {self._named(site.estimate)}, as estimate_field says")
        for tag in site.tags:
            yield ok("fields", f"tags are read from {self._named(tag)}, as tag_fields says")
        if settings.okrs is not None:
            found, misfits = okr_fields(settings, settings.okrs, site)
            for what, field in found.items():
                yield ok("fields", f"a key result's {what} is in {self._named(field)}, as okrs.fields says")
            for misfit in misfits:
                yield error("fields", misfit.message, f"change {'.'.join(misfit.setting)} in the config")

    def _scope(self, scope: Scope, since: date) -> Iterator[Diagnosis]:
        try:
            found = outline(self._client, self._site, scope, since)
        except TrackerError as problem:
            yield error("scope", f"{scope.name}: {problem}", "check the scope, and what the account may browse")
            return
        sprints = [f"{sprint.name} ({sprint.id}, {sprint.state})" for sprint in found.sprints]
        boards = [f"kanban board {board.name} ({board.id})" for board in found.kanban]
        if sprints or boards:
            yield ok("scope", f"{scope.name}: {', '.join([*sprints, *boards])}")
        else:
            yield warning(
                "scope",
                f"{scope.name}: no active or future sprint, and no board without sprints",
                "start a sprint, or name the boards; alignment has no rows without one",
            )
        for old, new in found.renamed:
            yield warning("scope", f"{scope.name}: project {old} is now called {new}", f'write "{new}" in its place')
        if not self._site.estimate:
            names = ", ".join(self._named(field) for field in found.estimates.fields) or "no field"
            why = "no board says which, and any may be it" if found.estimates.guessed else "as the boards say"
            yield ok("fields", f"{scope.name}: estimates are in {names}, {why}")

    def _project(self, project: str, questions: Questions) -> Iterator[Diagnosis]:
        try:
            may = self._rights({"projectKey": project})
        except TrackerError as problem:
            yield error("project", f"{project}: {problem}", "check the key, and give the account Browse Projects")
            return
        if not may["BROWSE_PROJECTS"]:
            yield error("project", f"{project} cannot be browsed", "give the account Browse Projects there")
            return
        wanted = {}
        if questions.flags:
            wanted["EDIT_ISSUES"] = "Edit Issues, for flags"
            wanted["ADMINISTER_PROJECTS"] = "Administer Projects, for flags without a mail to everybody"
        if self._settings.remote_links:
            wanted["LINK_ISSUES"] = "Link Issues, for remote links"
            wanted["EDIT_ISSUES"] = "Edit Issues, for what remote links and flags remember"
        missing = [words for right, words in wanted.items() if not may[right]]
        if missing:
            yield error("project", f"{project}: the account lacks {'; '.join(missing)}", "grant it, or turn that off")
        else:
            yield ok("project", f"{project} is visible, with the rights that the config needs there")

    def _targets(self, targets: Sequence[Target]) -> Iterator[Diagnosis]:
        issues = read_found(self._fetching, self._site, targets) if targets else {}
        for target in targets:
            if problem := standing_of(target, issues).problem:
                yield error("target", f"{target}: {problem}", "check write.to, and what the account may browse")
            else:
                try:
                    yield from self._target(target, issues[target])
                except TrackerError as problem_there:
                    yield error("target", f"{target}: {problem_there}", "check what the account may do there")

    def _target(self, target: Target, issue: Found) -> Iterator[Diagnosis]:
        may = self._rights({"issueKey": issue.key})
        if not may["EDIT_ISSUES"]:
            yield error("target", f"{target}: the account may not edit it", "give it Edit Issues there")
            return
        screen = self._client.fetch(_edit_meta, "GET", f"{self._client.api}/issue/{issue.id}/editmeta").fields
        needed = [(self._site.progress, "progress_field")] if self._site.progress else []
        needed += [("labels", "health_label")] if self._settings.health_label else []
        absent = [(field, setting) for field, setting in needed if field not in screen]
        for field, setting in absent:
            yield error(
                "target",
                f"{target}: {self._named(field or '')} is not on its edit screen",
                f"let a Jira administrator put it there, or take {setting} out of the config",
            )
        missing = []
        if self._settings.living_comment and not may["DELETE_OWN_COMMENTS"]:
            yield warning(
                "target",
                f"{target}: the account may not delete its own comments",
                "give it Delete Own Comments: two runs at once may make two living comments, and one is too many",
            )
        if self._settings.living_comment and not (may["ADD_COMMENTS"] and may["EDIT_OWN_COMMENTS"]):
            missing.append("Add Comments and Edit Own Comments, for the living comment")
        if not may["ADMINISTER_PROJECTS"]:
            missing.append("Administer Projects, for editing without a mail to everybody")
        if missing:
            yield error("target", f"{target}: the account lacks {'; '.join(missing)}", "grant it in that project")
        elif not absent:
            yield ok("target", f'{target} "{issue.standing.title}" can be written')

    def _limits(self) -> Diagnosis:
        headers = self._client.answer_headers
        points = _POINTS.search(headers.get("RateLimit", ""))
        if points:  # which Jira says only when four fifths are used
            said = f"{points[1]} points of this hour's quota are left for {points[2]} s"
            return warning("limits", said, "run less often, or when other integrations do not")
        left, limit = headers.get("X-RateLimit-Remaining"), headers.get("X-RateLimit-Limit")
        if left is not None and limit is not None:
            near = headers.get("X-RateLimit-NearLimit", "").casefold() == "true"
            said = f"{left} of {limit} requests are left in Jira's window"
            if near:
                return warning("limits", f"{said}: less than a fifth", "run when others do not")
            return ok("limits", said)
        return ok("limits", "Jira tells no limit for this token")

    def _rights(self, where: Mapping[str, str]) -> dict[str, bool]:
        params: dict[str, str | int] = dict(where)
        if not self._settings.is_data_center:
            params["permissions"] = ",".join(RIGHTS)
        found = self._client.fetch(_permissions, "GET", f"{self._client.api}/mypermissions", params=params).permissions
        return {right: found[right].have_permission if right in found else False for right in RIGHTS}

    def _named(self, field: str) -> str:
        name = self._names.get(field)
        return f'"{name}" ({field})' if name else field
