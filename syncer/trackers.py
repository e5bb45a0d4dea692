"""Connections by kind: the one place that knows which adapter speaks to what."""

from pathlib import Path

from adapters.errors import AccessDenied, ConfigProblem
from adapters.mirror import Mirror
from adapters.ports import Writer
from adapters.retry import Deadline
from mappings.okrs import Registry
from syncer.config import Config


def connect_all(config: Config, registry: Registry, deadline: Deadline, *, may_write: bool) -> dict[str, Writer]:
    """Every connection of the config by its name, and the progress file under the empty name. Sends no request.

    Tokens that are not set are a ConfigProblem, all of them at once.

    Adapters are imported here, each only when the config has one of its kind.
    """
    connections: dict[str, Writer] = {}
    missing: list[str] = []
    mirror = Mirror(config.mirror) if config.mirror else None
    for name, settings in sorted(config.trackers.items()):
        try:
            if settings.kind == "jira":
                from adapters.jira import connect as connect_jira

                flags = any(team.flag_label for team in config.rules.teams)
                labels = {config.rules.unaligned_label, config.rules.broken_label} if flags else set()
                connections[name] = connect_jira(
                    name, settings, deadline=deadline, may_write=may_write, mirror=mirror, flag_labels=frozenset(labels)
                )
            else:
                from adapters.linear import connect as connect_linear

                connections[name] = connect_linear(
                    name, settings, deadline=deadline, may_write=may_write, mirror=mirror
                )
        except AccessDenied as error:
            missing.append(f"{name}: {error}")
    if missing:
        raise ConfigProblem(missing)
    if any(kr.write is not None and kr.write.kind == "file" for kr in registry.key_results):
        from adapters.progress_file import ProgressFile

        connections[""] = ProgressFile(progress_path(config), may_write=may_write)
    return connections


def progress_path(config: Config) -> Path:
    """Where `file` targets are kept."""
    return config.progress
