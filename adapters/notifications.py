"""Messages to channels, by Apprise: one address each, held in an environment variable and never shown."""

import html
import logging
from collections.abc import Iterable

import structlog

from adapters.secrets import read_secret, redact
from mappings.notices import Notice

log = structlog.get_logger()


def send(notices: Iterable[Notice]) -> dict[Notice, str]:
    """Send each; the answer says why where one could not be, and is empty for what was taken.

    A channel's own words are not repeated: an address is a secret, and services put it into their answers.
    """
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    outcome: dict[Notice, str] = {}
    for notice in notices:
        address = read_secret(env=notice.channel, file=None)
        if not address:
            outcome[notice] = f"{notice.channel} is not set"
            continue
        channel = apprise.Apprise(asset=apprise.AppriseAsset(app_id="okrsync", async_mode=False, secure_logging=True))
        if not channel.add(address):
            outcome[notice] = f"{notice.channel} holds no address that Apprise knows"
            continue
        taken = channel.notify(
            title=redact(notice.title),
            body=redact("\n".join(f"- {_harmless(line)}" for line in notice.lines)),
            body_format=apprise.NotifyFormat.TEXT,
        )
        outcome[notice] = "" if taken else f"the channel in {notice.channel} did not take it"
        log.info("told", channel=notice.channel, subject=notice.subject, taken=bool(taken))
    return outcome


def _harmless(line: str) -> str:
    """A line in which nothing of a tracker's text calls a channel or a person: `@here`, `<!channel>`."""
    return html.unescape(line).replace("<", "\u2039").replace(">", "\u203a").replace("@", "@\u200b")
