"""What is asked once a run: who the token is, and which custom field is which on this site."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from adapters.errors import AccessDenied, NotFound, Unreadable
from adapters.jira.client import Client
from adapters.jira.settings import JiraSettings

EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"
PARENT_LINK = "com.atlassian.jpo:jpo-custom-field-parent"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
STORY_POINT_ESTIMATE = "com.pyxis.greenhopper.jira:jsw-story-points"
NUMBER = "com.atlassian.jira.plugin.system.customfieldtypes:float"


class _Myself(msgspec.Struct, frozen=True, rename="camel"):
    """Cloud tells an account id and no key, Data Center a key and no account id."""

    account_id: str = ""
    key: str = ""


class _Projects(msgspec.Struct, frozen=True):
    values: list[msgspec.Raw]


class _Schema(msgspec.Struct, frozen=True):
    type: str = ""
    custom: str = ""


class SiteField(msgspec.Struct, frozen=True):
    """One field of the site, as `GET field` lists it."""

    id: str
    name: str = ""
    schema: _Schema = _Schema()

    @property
    def is_estimate(self) -> bool:
        """Jira's own estimate of team-managed projects, or the plain number field "Story Points" of the others."""
        plain = self.schema.custom == NUMBER and self.name.casefold() == "story points"
        return plain or self.schema.custom == STORY_POINT_ESTIMATE


_projects = msgspec.json.Decoder(_Projects)
_all_projects = msgspec.json.Decoder(list[msgspec.Raw])
_myself = msgspec.json.Decoder(_Myself)
_fields = msgspec.json.Decoder(list[SiteField])


@dataclass(frozen=True, slots=True)
class Site:
    """The signed-in account and the ids of the fields that matter."""

    account_id: str
    """The account's id, on Data Center its key: what comments say of their author."""
    sprint: str | None
    progress: str | None
    """Where the score is written; None where the entity property alone carries it."""
    estimate: str | None
    """The estimate field that the config names."""
    estimate_candidates: tuple[SiteField, ...]
    """Every field that may be an estimate, for projects whose boards name none."""
    tags: tuple[str, ...]
    epic_link: str | None = None
    """Data Center: the field that holds the key of a story's epic."""
    epic_name: str | None = None
    """Data Center: the field that epics have and nothing else."""
    parent_link: str | None = None
    """Data Center: the field of Advanced Roadmaps that holds the key above an epic."""
    customs: tuple[SiteField, ...] = ()
    """Every custom field that the token sees."""
    numbers: tuple[SiteField, ...] = ()
    """Every field that holds a number, Jira's own too."""


def sign_in(client: Client, settings: JiraSettings) -> Site:
    """Ask who the token is and whether it sees anything, then for the fields.

    Jira lets nobody read much, and answers with no issues: hence first. Raises AccessDenied for a token that is wrong,
    missing or sees no project, Unreadable for another kind of Jira than the config says and for a field of the config
    that does not exist, or exists twice.
    """
    account = _account(client, settings)
    if client.tables:
        client.tables.belong_to(account)
    if settings.is_data_center:
        projects = client.fetch(_all_projects, "GET", f"{client.api}/project")
    else:
        projects = client.fetch(_projects, "GET", f"{client.api}/project/search", params={"maxResults": 1}).values
    if not projects:
        raise AccessDenied(
            "the token's account sees no project at all: give it Browse Projects where the work is", tracker=client.name
        )
    fields = client.fetch(_fields, "GET", f"{client.api}/field")
    customs = [field for field in fields if field.schema.custom]

    def find(setting: str, wanted: str) -> SiteField:
        return find_field(customs, wanted, setting=setting, kind="custom field", tracker=client.name)

    def of_kind(custom: str) -> str | None:
        return next((field.id for field in customs if field.schema.custom == custom), None)

    progress = find("progress_field", settings.progress_field) if settings.progress_field else None
    if progress is not None and progress.schema.type != "number":
        raise Unreadable(
            f'progress_field = "{settings.progress_field}" is not a number field ({progress.id})', tracker=client.name
        )
    return Site(
        account_id=account,
        sprint=of_kind(SPRINT),
        progress=progress.id if progress else None,
        estimate=find("estimate_field", settings.estimate_field).id if settings.estimate_field else None,
        estimate_candidates=tuple(field for field in customs if field.is_estimate),
        tags=tuple(find("tag_fields", wanted).id for wanted in settings.tag_fields),
        epic_link=of_kind(EPIC_LINK) if settings.is_data_center else None,
        epic_name=of_kind(EPIC_NAME) if settings.is_data_center else None,
        parent_link=of_kind(PARENT_LINK) if settings.is_data_center else None,
        customs=tuple(customs),
        numbers=tuple(field for field in fields if field.schema.type == "number"),
    )


def _account(client: Client, settings: JiraSettings) -> str:
    check = f"check {' and '.join(settings.variables)}, and whether the token has expired"
    try:
        found = client.fetch(_myself, "GET", f"{client.api}/myself")
    except AccessDenied as error:
        raise AccessDenied(f"{error}: {check}", tracker=client.name) from None
    except NotFound as error:
        if settings.is_data_center:
            raise
        raise Unreadable(
            f'{error}: is this a Data Center? Then set deployment = "data-center"', tracker=client.name
        ) from None
    account = found.key if settings.is_data_center else found.account_id
    if not account:
        raise AccessDenied(f"Jira answers as to nobody: {check}", tracker=client.name)
    return account


def find_field(fields: Sequence[SiteField], wanted: str, *, setting: str, kind: str, tracker: str) -> SiteField:
    """By id, else by name without case; several of a name are normal where team-managed projects have their own.

    Raises Unreadable, naming the setting and the candidates, where there is none or more than one.
    """
    found = [field for field in fields if field.id == wanted]
    found = found or [field for field in fields if field.name.casefold() == wanted.casefold()]
    if not found:
        raise Unreadable(
            f'{setting} names "{wanted}", and this Jira has no such {kind} that the token may see',
            tracker=tracker,
        )
    if len(found) > 1:
        ids = ", ".join(sorted(field.id for field in found))
        one = f'"{found[0].id}"'
        raise Unreadable(
            f'{setting} names "{wanted}", which {ids} are all called: name the id, as in '
            f"{setting} = {f'[{one}]' if setting == 'tag_fields' else one}",
            tracker=tracker,
        )
    return found[0]
