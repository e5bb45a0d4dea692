"""Linear: issues read in flat pages, progress written as attachments and status updates."""

from typing import TYPE_CHECKING

from adapters.errors import AccessDenied
from adapters.linear.settings import LinearSettings
from adapters.retry import Deadline
from adapters.secrets import read_secret, remember

if TYPE_CHECKING:
    from adapters.ports import Writer


def connect(name: str, settings: LinearSettings, *, deadline: Deadline, may_write: bool) -> "Writer":
    """A connection to one workspace; sends nothing yet. AccessDenied when the token is not set."""
    token = read_secret(env=settings.token_env, file=settings.token_file)
    if token is None:
        place = f"the environment variable {settings.token_env}"
        if settings.token_file:
            place += f" or the file {settings.token_file}"
        raise AccessDenied(f"{name}: no Linear token: set {place}", tracker=name)
    bare = token.removeprefix("Bearer ").strip()
    remember(bare)
    if not (bare.isascii() and bare.isprintable() and " " not in bare):
        raise AccessDenied(f"{name}: the Linear token holds characters that no token has", tracker=name)
    # gql takes 300 ms to import: only those who connect pay.
    from adapters.linear.client import Client
    from adapters.linear.connection import LinearConnection

    is_oauth = bare != token or bare.startswith("lin_oauth_")
    client = Client(
        name,
        settings.url,
        authorization=f"Bearer {bare}" if is_oauth else bare,
        timeout=settings.timeout_seconds,
        deadline=deadline,
        may_write=may_write,
    )
    return LinearConnection(name, client, living_comment=settings.living_comment)
