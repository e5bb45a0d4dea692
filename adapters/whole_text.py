"""Half characters in JSON: JavaScript makes them where it cuts an emoji in two, and no file can hold them."""

import re
from typing import AnyStr

_ESCAPE = r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
_IN_TEXT = re.compile(_ESCAPE, re.DOTALL)
_IN_BYTES = re.compile(_ESCAPE.encode(), re.DOTALL)


def with_whole_characters(body: AnyStr) -> AnyStr:
    """A JSON document in which every escaped half of a surrogate pair that stands alone is U+FFFD instead."""
    if isinstance(body, str):
        if "\\ud" not in body and "\\uD" not in body:
            return body
        return _IN_TEXT.sub(lambda found: "\\ufffd" if found[1] else found[0], body)
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return _IN_BYTES.sub(lambda found: b"\\ufffd" if found[1] else found[0], body)
