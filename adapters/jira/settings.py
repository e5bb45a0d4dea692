"""What a `[trackers.NAME]` table of kind "jira" may hold. Imports no library that talks to Jira."""

from datetime import date
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from adapters.jira.okr_settings import OkrSettings
from adapters.network import proxy_without_credentials

LOOPBACK = ("127.0.0.1", "::1", "localhost")
GATEWAY = "https://api.atlassian.com"
TOKEN_SERVER = "https://auth.atlassian.com"  # noqa: S105 an address
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
    """One Jira connection: a Cloud site or a Data Center."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["jira"] = Field(description='"jira": Jira Cloud or Jira Data Center.')
    url: str = Field(description="The site's address, https://ACME.atlassian.net; http only on this machine.")
    deployment: Literal["cloud", "data-center"] = Field(default="cloud", description="What runs at `url`.")
    auth: Literal["", "basic", "scoped", "oauth", "pat"] = Field(
        default="",
        description='How to sign in. Without it "basic", on Data Center "pat". "basic": e-mail and token. "scoped": '
        "a scoped token or a service account's, through Atlassian's gateway; sent as Bearer, with `email_env` written "
        'here as e-mail and token. "oauth": OAuth 2 client credentials, through the gateway. "pat": a personal access '
        "token of Data Center.",
    )
    email_env: str = Field(
        default="JIRA_EMAIL", min_length=1, description="Environment variable with the e-mail of the token's account."
    )
    token_env: str = Field(
        default="JIRA_API_TOKEN", min_length=1, description="Environment variable with the API token."
    )
    token_file: str | None = Field(
        default=None, description="File whose first line is the API token; read where the variable is not set."
    )
    client_id_env: str = Field(
        default="JIRA_CLIENT_ID", min_length=1, description="`oauth`: environment variable with the client id."
    )
    client_secret_env: str = Field(
        default="JIRA_CLIENT_SECRET", min_length=1, description="`oauth`: environment variable with the client secret."
    )
    token_expires: date | None = Field(
        default=None, description="The token's last day; from 14 days before, every run says so."
    )
    cloud_id: str | None = Field(
        default=None,
        pattern=r"\A[0-9A-Za-z-]+\z",
        description="`scoped` and `oauth`: the site's cloud id. Without it the site is asked, at /_edge/tenant_info.",
    )
    gateway: str = Field(default=GATEWAY, description="Another gateway, only on this machine: for the sandbox.")
    token_server: str = Field(
        default=TOKEN_SERVER, description="Another OAuth 2 server, only on this machine: for the sandbox."
    )
    ca_bundle: str | None = Field(
        default=None, description="File with the CA certificates to trust, where the company has its own."
    )
    proxy: str | None = Field(
        default=None, description="Address of the proxy, without credentials. Without it HTTPS_PROXY counts, if set."
    )
    proxy_env: str | None = Field(
        default=None,
        min_length=1,
        description="Environment variable with the proxy's address, where it holds a name and a password.",
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
    connect_timeout_seconds: float = Field(
        default=10.0, gt=0, le=300, description="Seconds to wait for a connection; never longer than for an answer."
    )

    @property
    def is_data_center(self) -> bool:
        """REST v2, wiki text, whole pages by offset."""
        return self.deployment == "data-center"

    @property
    def sign_in(self) -> Literal["basic", "scoped", "oauth", "pat"]:
        """`auth`, or the deployment's usual one."""
        return self.auth or ("pat" if self.is_data_center else "basic")

    @property
    def names_email(self) -> bool:
        """The e-mail goes with the token: always for `basic`, for `scoped` where the config says so."""
        return self.sign_in == "basic" or (self.sign_in == "scoped" and "email_env" in self.model_fields_set)

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that this sign-in is made of."""
        if self.sign_in == "oauth":
            return (self.client_id_env, self.client_secret_env)
        return (self.email_env, self.token_env) if self.names_email else (self.token_env,)

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

    @field_validator("gateway", "token_server")
    @classmethod
    def _is_atlassian_or_here(cls, url: str) -> str:
        if url not in (GATEWAY, TOKEN_SERVER) and urlsplit(url).hostname not in LOOPBACK:
            raise ValueError("tokens go to Atlassian, or to a sandbox on this machine")
        return url.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _holds_no_credentials(cls, url: str | None) -> str | None:
        return proxy_without_credentials(url)

    @model_validator(mode="after")
    def _sign_in_fits(self) -> Self:
        if (self.auth == "pat") and not self.is_data_center:
            raise ValueError('auth = "pat" is Data Center\'s: add deployment = "data-center"')
        if self.auth not in ("", "pat") and self.is_data_center:
            raise ValueError(f'auth = "{self.auth}" is Cloud\'s: a Data Center wants auth = "pat"')
        if self.cloud_id and self.sign_in not in ("scoped", "oauth"):
            raise ValueError('cloud_id is for auth = "scoped" and auth = "oauth"')
        if self.proxy and self.proxy_env:
            raise ValueError("proxy and proxy_env are both given: one is enough")
        return self
