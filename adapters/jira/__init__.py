"""Jira Cloud: a reader and a writer behind adapters.ports. Importing this package imports neither jira nor requests."""

from adapters.errors import AccessDenied
from adapters.jira.settings import JiraSettings
from adapters.ports import Writer
from adapters.retry import Deadline
from adapters.secrets import read_secret, remember


def connect(name: str, settings: JiraSettings, *, deadline: Deadline, may_write: bool) -> Writer:
    """A Jira connection that has sent nothing yet; the first read signs in.

    Raises AccessDenied, with the variable to set, where the e-mail or the token is not there. With `may_write` False
    every call that is not a known read raises WriteRefused before a byte is sent.
    """
    email = read_secret(env=settings.email_env, file=None)
    token = read_secret(env=settings.token_env, file=settings.token_file)
    if email is None:
        raise AccessDenied(f"no e-mail for Jira: set the environment variable {settings.email_env}", tracker=name)
    if token is None:
        also = f", or put the token into {settings.token_file}" if settings.token_file else ""
        raise AccessDenied(
            f"no API token for Jira: set the environment variable {settings.token_env}{also}", tracker=name
        )
    remember(f"{email}:{token}")

    from adapters.jira.client import Client
    from adapters.jira.tracker import JiraTracker

    return JiraTracker(name, settings, Client(name, settings, (email, token), deadline=deadline, may_write=may_write))
