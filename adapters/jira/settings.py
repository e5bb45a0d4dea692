"""What a `[trackers.NAME]` table of kind "jira" may hold. Imports no library that talks to Jira."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from adapters.jira.okr_settings import OkrSettings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
CANCELLED = (
    "Won't Do",
    "Won't Fix",
    "Duplicate",
    "Cannot Reproduce",
    "Declined",
    "Invalid",
    "Cancelled",
    "Canceled",
)


class JiraSettings(BaseModel):
    """One Jira Cloud connection."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["jira"] = Field(description='"jira": Jira Cloud.')
    url: str = Field(description="The site's address, https://ACME.atlassian.net; http only on this machine.")
    email_env: str = Field(
        default="JIRA_EMAIL", min_length=1, description="Environment variable with the e-mail of the token's account."
    )
    token_env: str = Field(
        default="JIRA_API_TOKEN", min_length=1, description="Environment variable with the API token."
    )
    token_file: str | None = Field(
        default=None, description="File whose first line is the API token; read where the variable is not set."
    )
    progress_field: str | None = Field(
        default=None,
        description="Number field that carries the score, by name or customfield id. "
        "Without it the issue's entity property alone carries the value.",
    )
    estimate_field: str | None = Field(
        default=None,
        description="Field with the story points, by name or customfield id. "
        "Without it each board's configuration decides.",
    )
    tag_fields: tuple[str, ...] = Field(
        default=(), description="Custom fields in which teams write tags, by name or customfield id."
    )
    cancelled_resolutions: tuple[str, ...] = Field(
        default=CANCELLED,
        description="Resolutions, by name or id, that mean cancelled rather than done: such work leaves the count.",
    )
    living_comment: bool = Field(
        default=True, description="Keep one comment on each written issue that says where the value comes from."
    )
    health_label: bool = Field(
        default=False,
        description="Keep one of the labels okr-on-track, okr-at-risk and okr-off-track on each written issue.",
    )
    checkins: bool = Field(
        default=True,
        description="Read check-ins from the comments of key results' issues: lines as `okr: 7 confidence 6 note`.",
    )
    remote_links: bool = Field(
        default=False,
        description="Link the work of sprints to the key result it supports, with its value, in the issue itself.",
    )
    report_url: str | None = Field(
        default=None, description="Where remote links lead; without it to the key result's own issue."
    )
    okrs: OkrSettings | None = Field(
        default=None, description="Objectives and key results that live here as issues: the table below."
    )
    connections: int = Field(default=4, ge=1, le=8, description="Requests in flight at once, at most.")
    timeout_seconds: float = Field(default=30.0, gt=0, le=300, description="Seconds to wait for one answer.")

    @field_validator("url")
    @classmethod
    def _is_a_site(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the address holds more than a site: https://ACME.atlassian.net is enough")
        if not parts.hostname or (
            parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK)
        ):
            raise ValueError("expected https://..., or http://127.0.0.1:PORT on this machine")
        return url.rstrip("/")

    @field_validator("report_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname):
            raise ValueError("expected https://...")
        return url

    @field_validator("okrs")
    @classmethod
    def _never_writes_where_it_reads(cls, okrs: OkrSettings | None, info: ValidationInfo) -> OkrSettings | None:
        progress = info.data.get("progress_field")
        if okrs and okrs.write and progress and progress.casefold() == (okrs.fields.current or "").casefold():
            raise ValueError("progress_field is the field that people type the current value into: name another")
        return okrs
