"""Linear: issues read in flat pages, progress written as attachments and status updates."""

from typing import TYPE_CHECKING

from adapters.errors import AccessDenied
from adapters.linear.settings import LinearSettings
from adapters.mirror import Mirror
from adapters.network import network_of
from adapters.retry import Deadline
from adapters.secrets import fits_a_header, read_secret, remember

if TYPE_CHECKING:
    from adapters.ports import Writer


def connect(
    name: str, settings: LinearSettings, *, deadline: Deadline, may_write: bool, mirror: Mirror | None = None
) -> "Writer":
    """A connection to one workspace; sends nothing yet. AccessDenied when what to sign in with is not set.

    With a mirror only what changed is read.
    """
    app = _app_of(name, settings)
    authorization = "" if app else _header_of(name, settings)
    # gql takes 300 ms to import: only those who connect pay.
    from adapters.linear.client import Client
    from adapters.linear.connection import LinearConnection
    from adapters.linear.incremental import ScopeMemory
    from adapters.linear.sign_in import ClientCredentials

    timeout, network = settings.timeout_seconds, network_of(name, settings)
    credentials = (
        ClientCredentials(name, settings.url, client_id=app[0], client_secret=app[1], timeout=timeout, network=network)
        if app
        else None
    )
    client = Client(
        name,
        settings.url,
        authorization=authorization,
        renew=credentials.fetch if credentials else None,
        timeout=timeout,
        network=network,
        deadline=deadline,
        may_write=may_write,
    )
    memory = ScopeMemory(mirror, name, lambda: client.server_time) if mirror else None
    return LinearConnection(name, client, settings=settings, credentials=credentials, memory=memory)


def _app_of(name: str, settings: LinearSettings) -> tuple[str, str] | None:
    """The client id and secret that the settings name; None where they name a token."""
    if settings.client_id_env is None or settings.client_secret_env is None:
        return None
    found = []
    for variable in (settings.client_id_env, settings.client_secret_env):
        value = read_secret(env=variable, file=None)
        if value is None:
            raise AccessDenied(f"{name}: set the environment variable {variable}", tracker=name)
        found.append(value)
    return found[0], found[1]


def _header_of(name: str, settings: LinearSettings) -> str:
    token = read_secret(env=settings.token_env, file=settings.token_file)
    place = f"the environment variable {settings.token_env}"
    if settings.token_file:
        place += f" or the file {settings.token_file}"
    if token is None:
        raise AccessDenied(f"{name}: no Linear token: set {place}", tracker=name)
    bare = token.removeprefix("Bearer ").strip()
    remember(bare)
    if not fits_a_header(bare):
        raise AccessDenied(f"{name}: the Linear token in {place} holds characters that no token has", tracker=name)
    is_oauth = bare != token or bare.startswith("lin_oauth_")
    return f"Bearer {bare}" if is_oauth else bare
