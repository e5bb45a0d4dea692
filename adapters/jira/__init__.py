"""Jira, Cloud and Data Center, behind adapters.ports. Importing this package imports neither jira nor requests."""

from adapters.jira.settings import JiraSettings
from adapters.mirror import Mirror
from adapters.network import network_of
from adapters.ports import Writer
from adapters.retry import Deadline


def connect(
    name: str,
    settings: JiraSettings,
    *,
    deadline: Deadline,
    may_write: bool,
    mirror: Mirror | None = None,
    flag_labels: frozenset[str] = frozenset({"okr-unaligned", "okr-broken-tag"}),
) -> Writer:
    """A Jira connection that has sent nothing yet; the first read signs in.

    Raises AccessDenied, with what to set, where a secret or the CA file is not there. With `may_write` False every
    call that is not a known read raises WriteRefused before a byte is sent. With a mirror only what changed is read.
    `flag_labels` are the ones this program sets: on Data Center their ledger costs a request for each issue that
    carries one or is in an active sprint; without any it is not read there.
    """
    from adapters.jira.client import Client
    from adapters.jira.incremental import ScopeMemory
    from adapters.jira.sign_in import read_credentials
    from adapters.jira.tables import Tables
    from adapters.jira.tracker import JiraTracker

    credentials = read_credentials(name, settings)
    network = network_of(name, settings)
    tables = Tables(mirror, name, settings.url) if mirror else None
    client = Client(name, settings, credentials, deadline=deadline, may_write=may_write, network=network, tables=tables)
    memory = ScopeMemory(mirror, name, lambda: client.server_time) if mirror else None
    return JiraTracker(name, settings, client, memory, flag_labels=flag_labels)
