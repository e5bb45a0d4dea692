"""What this process may not name: taken out of every text that it prints or logs. Set by whoever reads the registry."""

from collections.abc import Iterable

from adapters.secrets import redact
from mappings.model import Reading
from mappings.okrs import Registry
from mappings.visibility import Hidden, hidden_in

_now = [Hidden()]


def hide(hidden: Hidden) -> None:
    """From now on, this and nothing else is hidden."""
    _now[0] = hidden


def hide_what_is_read(registry: Registry, readings: Iterable[Reading]) -> Hidden:
    """Hide what is restricted in the registry and secured among the issues; that is returned too."""
    hidden = hidden_in(registry, (issue for it in readings for issue in (*it.issues, *it.ancestors)))
    hide(hidden)
    return hidden


def shown(text: str) -> str:
    """`text` without a secret, and without the name of what is restricted."""
    return redact(_now[0].masked(text))


def is_hidden(kr: str) -> bool:
    """Whether this is the id of a restricted key result."""
    return kr in _now[0].key_results
