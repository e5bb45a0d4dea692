"""What a person sets for one Linear connection."""

import ipaddress
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from adapters.linear.okr_settings import OkrSettings
from adapters.network import proxy_without_credentials


class LinearSettings(BaseModel):
    """One `[trackers.NAME]` table with `kind = "linear"`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["linear"] = Field(description="Says that this connection is a Linear workspace.")
    url: str = Field(
        default="https://api.linear.app/graphql",
        description="The GraphQL endpoint; another than Linear's own is for a sandbox on this machine, or a proxy.",
    )
    token_env: str = Field(
        default="LINEAR_API_KEY",
        description="Name of the environment variable that holds a personal API key (`lin_api_...`), or an OAuth token "
        "(`lin_oauth_...`, or any written as `Bearer ...`). A key of a user of its own is best: the hourly quota is "
        "shared by all keys of one user.",
    )
    token_file: str | None = Field(
        default=None, description="A file whose first line is the token; read where the variable is not set."
    )
    client_id_env: str | None = Field(
        default=None,
        description="Instead of a token, for an OAuth app that signs in by itself (client credentials): name of the "
        "variable that holds its client id. What is written then appears as the app's.",
    )
    client_secret_env: str | None = Field(
        default=None, description="Name of the variable that holds the app's client secret; goes with client_id_env."
    )
    token_expires: date | None = Field(
        default=None, description="The token's last day; from 14 days before, every run says so."
    )
    living_comment: bool = Field(
        default=True, description="Keep one comment up to date on issues that progress is written to."
    )
    labels: Literal["workspace", "team"] = Field(
        default="workspace",
        description="Where `okrsync labels` makes tag labels: for all teams at once, or team by team.",
    )
    labels_in_group: bool = Field(
        default=False,
        description="`okrsync labels` makes tag labels in a label group named like the tag prefix (`okr`). An issue "
        "takes one label of a group: it cannot be tagged with two key results by labels then.",
    )
    checkins: bool = Field(
        default=True,
        description="Read check-ins from the comments of key results' issues, projects and initiatives, and of their "
        "updates: lines as `okr: 7 confidence 6 note`.",
    )
    okrs: OkrSettings | None = Field(
        default=None,
        description="Initiatives that are objectives, with key results as their projects: the table below.",
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
    timeout_seconds: float = Field(default=30.0, gt=0, le=300, description="Seconds to wait for one answer.")

    @field_validator("url")
    @classmethod
    def _encrypted_unless_local(cls, url: str) -> str:
        parts = urlsplit(url)
        if not parts.hostname or parts.scheme not in ("https", "http"):
            raise ValueError("must be an https:// address")
        if parts.username or parts.password:
            raise ValueError("must not hold a user name or password")
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise ValueError("must be https:// (plain http is for a sandbox on this machine only)")
        return url

    @field_validator("proxy")
    @classmethod
    def _holds_no_credentials(cls, url: str | None) -> str | None:
        return proxy_without_credentials(url)

    @model_validator(mode="after")
    def _one_proxy(self) -> "LinearSettings":
        if self.proxy and self.proxy_env:
            raise ValueError("proxy and proxy_env are both given: one is enough")
        return self

    @model_validator(mode="after")
    def _app_signs_in_with_both(self) -> "LinearSettings":
        if (self.client_id_env is None) != (self.client_secret_env is None):
            raise ValueError("client_id_env and client_secret_env go together")
        if self.client_id_env and (self.token_file or "token_env" in self.model_fields_set):
            raise ValueError("either a token or client_id_env and client_secret_env, not both")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
