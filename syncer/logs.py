"""Logs on stderr: a console on a terminal, JSON lines in CI; nothing secret, restricted or unprintable."""

import logging
import sys
from typing import Any

import structlog

from syncer.shown import shown


def set_up(*, verbose: bool, quiet: bool = False) -> None:
    """Fixed snake_case events with fields; warnings only unless `verbose` or JSON, and with `quiet` errors only."""
    console = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer(colors=console) if console else structlog.processors.JSONRenderer()
    lowest = logging.INFO if verbose or not console else logging.WARNING
    lowest = logging.ERROR if quiet else lowest
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("jira").setLevel(logging.CRITICAL)
    logging.getLogger("gql").setLevel(logging.CRITICAL)
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)


def _without_secrets(_: Any, __: str, event: Any) -> Any:
    return {key: shown(value) if isinstance(value, str) else value for key, value in event.items()}
