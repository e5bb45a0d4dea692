"""Where tokens come from, and the one place that takes them out of any text again."""

import base64
import os
from pathlib import Path

from adapters.errors import AccessDenied

_known: set[str] = set()


def read_secret(*, env: str | None, file: str | None) -> str | None:
    """The secret that a setting names: an environment variable, or a file's first line. None where it is not set.

    What is read is remembered, raw and base64, so that `redact` can take it out of every text. Raises AccessDenied,
    naming the file, where it holds no text or may not be read.
    """
    found = os.environ.get(env, "") if env else ""
    if not found and file and Path(file).is_file():
        try:
            found = next(iter(Path(file).read_text(encoding="utf-8").splitlines()), "")
        except UnicodeDecodeError:
            raise AccessDenied(f"the file {file} holds no token: it is not text in UTF-8") from None
        except OSError as error:
            raise AccessDenied(f"the file {file} with the token cannot be read ({type(error).__name__})") from None
    found = found.strip()
    if not found:
        return None
    remember(found)
    return found


def fits_a_header(secret: str) -> bool:
    """Whether a request can carry it in a header: what vendors issue fits, a dash or a blank pasted along does not."""
    return secret.isascii() and secret.isprintable() and " " not in secret


def remember(secret: str) -> None:
    """Take `secret`, its base64 and what is inside it when it is `email:token`, out of every later text."""
    if len(secret) >= 4:
        _known.add(secret)
        _known.add(base64.b64encode(secret.encode()).decode())


def redact(text: str) -> str:
    """`text` without any secret that was read in this process; the longest go first."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text
