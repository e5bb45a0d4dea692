"""pydantic's errors as sentences for people, each with its file and line, never with the value that was given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from adapters.toml_source import KeyPath, TomlSource
from mappings.nearest import did_you_mean

Model = TypeVar("Model", bound=BaseModel)

_SECRET = re.compile(r"token|secret|passw|api_?key|credential", re.IGNORECASE)
_LINE = re.compile(r"^(.*):(\d+): ", re.DOTALL)
_TYPES = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "date_type": "must be a date, as in 2026-12-31, without quotes",
    "list_type": "must be a list, in [ ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "is_instance_of": "must be a number",
    "missing": "is missing",
    "string_too_short": "must not be empty",
}


def _as_decimal(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _of_this_world(number: Decimal) -> Decimal:
    """Exact arithmetic on 1e9999999 would not end."""
    if abs(number.adjusted()) > 30:
        raise ValueError("must be a number of at most thirty digits")
    return number


Number = Annotated[Decimal, BeforeValidator(_as_decimal), AfterValidator(_of_this_world)]
"""A finite TOML number, whole or not, exact."""


class Table(BaseModel):
    """A TOML table: unknown keys are refused, and a text is never taken for a number or a date."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass
class Problems:
    """Collects what is wrong, everywhere, before anything is said."""

    found: list[str] = field(default_factory=list)

    def add(self, source: TomlSource, path: KeyPath, sentence: str) -> None:
        """One problem at one key: `file:line: sentence`."""
        self.found.append(f"{source.where(path)}: {sentence}")

    def sorted(self, files: Sequence[str]) -> list[str]:
        """Once each, by file in the given order, then by line."""

        def place(problem: str) -> tuple[int, str, int, str]:
            at = _LINE.match(problem)
            file, line = (at[1], int(at[2])) if at else ("", 0)
            return (files.index(file) if file in files else len(files), file, line, problem)

        return sorted(set(self.found), key=place)


def validated(
    model: type[Model], content: object, source: TomlSource, problems: Problems, *, at: KeyPath = ()
) -> Model | None:
    """`content`, found at key path `at`, as a `model`; `problems` then says, line by line, what is wrong with it.

    Where something is, the answer is what is left without the wrong parts, so that further checks can tell of more
    mistakes at once; None where nothing is.
    """
    first = True
    while True:
        try:
            return model.model_validate(content)
        except ValidationError as error:
            # The input stays out: somebody may have pasted a token where it does not belong.
            errors = error.errors(include_input=False, include_url=False, include_context=False)
        wrong = set()
        for each in errors:
            path = tuple(each["loc"])
            if first:
                problems.add(source, (*at, *path), _sentence(model, path, at, each["type"], each["msg"]))
            wrong.add(path[:-1] if each["type"] == "missing" else path)
        first = False
        if () in wrong:
            return None
        pruned = _without(content, wrong)
        if pruned == content:
            return None
        content = pruned


def _without(content: Any, wrong: set[KeyPath], path: KeyPath = ()) -> Any:
    if isinstance(content, dict):
        return {key: _without(each, wrong, (*path, key)) for key, each in content.items() if (*path, key) not in wrong}
    if isinstance(content, list):
        kept = [(index, each) for index, each in enumerate(content) if (*path, index) not in wrong]
        return [_without(each, wrong, (*path, index)) for index, each in kept]
    return content


def dotted(path: KeyPath) -> str:
    """`objectives[2].title`, as people name a key; the first of a list is 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _sentence(model: type[BaseModel], path: KeyPath, at: KeyPath, kind: str, message: str) -> str:
    name = dotted((*at, *path))
    if kind == "extra_forbidden":
        key = str(path[-1])
        if _SECRET.search(key):
            return f"{name}: a token does not belong in the config: name an environment variable with token_env"
        return f"{name}: unknown key{did_you_mean(key, _keys_at(model, path[:-1]))}"
    if kind == "value_error":
        text = message.removeprefix("Value error, ")
        return f"{name}: {text}" if name else text
    text = _TYPES.get(kind) or message.replace("Input should", "must").replace("Value should", "must")
    return f"{name} {text}" if name else f"the file {text}"


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    found: Any = model
    for part in path:
        if isinstance(part, str) and (named := _model_in(found)) is not None and part in named.model_fields:
            found = named.model_fields[part].annotation
        else:  # an index of a list, or a name of a table of tables
            found = next((arg for arg in reversed(get_args(_without_none(found)))), None)
    named = _model_in(found)
    return [info.alias or name for name, info in named.model_fields.items()] if named else []


def _without_none(annotation: Any) -> Any:
    """The type itself: not None, and without what is checked about it besides."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    args = [arg for arg in get_args(annotation) if arg is not type(None)]
    return args[0] if len(args) == 1 and type(None) in get_args(annotation) else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    annotation = _without_none(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
