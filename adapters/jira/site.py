"""What is asked once a run: who the token is, and which custom field is which on this site."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from adapters.errors import AccessDenied, Unreadable
from adapters.jira.client import Client
from adapters.jira.settings import JiraSettings

SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
STORY_POINT_ESTIMATE = "com.pyxis.greenhopper.jira:jsw-story-points"
NUMBER = "com.atlassian.jira.plugin.system.customfieldtypes:float"


class _ServerInfo(msgspec.Struct, frozen=True, rename="camel"):
    deployment_type: str = ""


class _Myself(msgspec.Struct, frozen=True, rename="camel"):
    account_id: str = ""


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


_server_info = msgspec.json.Decoder(_ServerInfo)
_myself = msgspec.json.Decoder(_Myself)
_fields = msgspec.json.Decoder(list[SiteField])


@dataclass(frozen=True, slots=True)
class Site:
    """The signed-in account and the ids of the fields that matter."""

    account_id: str
    sprint: str | None
    progress: str | None
    """Where the score is written; None where the entity property alone carries it."""
    estimate: str | None
    """The estimate field that the config names."""
    estimate_candidates: tuple[SiteField, ...]
    """Every field that may be an estimate, for projects whose boards name none."""
    tags: tuple[str, ...]


def sign_in(client: Client, settings: JiraSettings) -> Site:
    """Ask who the token is, then for the fields. Jira lets nobody read much and answers with no issues, hence first.

    Raises AccessDenied for a wrong or missing token, Unreadable for a site that is not Jira Cloud and for a field of
    the config that does not exist, or exists twice.
    """
    check = f"check {settings.email_env} and {settings.token_env}, and whether the token has expired"
    try:
        kind = client.fetch(_server_info, "GET", "/rest/api/3/serverInfo").deployment_type
        if kind and kind != "Cloud":
            raise Unreadable(f"this is Jira {kind}; okrsync reads Jira Cloud", tracker=client.name)
        account = client.fetch(_myself, "GET", "/rest/api/3/myself").account_id
    except AccessDenied as error:
        raise AccessDenied(f"{error}: {check}", tracker=client.name) from None
    if not account:
        raise AccessDenied(f"Jira answers as to nobody: {check}", tracker=client.name)
    fields = client.fetch(_fields, "GET", "/rest/api/3/field")
    customs = [field for field in fields if field.schema.custom]

    def find(setting: str, wanted: str) -> SiteField:
        return _find(customs, wanted, setting=setting, tracker=client.name)

    progress = find("progress_field", settings.progress_field) if settings.progress_field else None
    if progress is not None and progress.schema.type != "number":
        raise Unreadable(
            f'progress_field = "{settings.progress_field}" is not a number field ({progress.id})', tracker=client.name
        )
    return Site(
        account_id=account,
        sprint=next((field.id for field in customs if field.schema.custom == SPRINT), None),
        progress=progress.id if progress else None,
        estimate=find("estimate_field", settings.estimate_field).id if settings.estimate_field else None,
        estimate_candidates=tuple(field for field in customs if field.is_estimate),
        tags=tuple(find("tag_fields", wanted).id for wanted in settings.tag_fields),
    )


def _find(customs: Sequence[SiteField], wanted: str, *, setting: str, tracker: str) -> SiteField:
    """By id, else by name without case; several of a name are normal where team-managed projects have their own."""
    found = [field for field in customs if field.id == wanted]
    found = found or [field for field in customs if field.name.casefold() == wanted.casefold()]
    if not found:
        raise Unreadable(
            f'{setting} names "{wanted}", and this Jira has no such custom field that the token may see',
            tracker=tracker,
        )
    if len(found) > 1:
        ids = ", ".join(sorted(field.id for field in found))
        raise Unreadable(f'{setting} names "{wanted}", which {ids} are all called: name the id', tracker=tracker)
    return found[0]
