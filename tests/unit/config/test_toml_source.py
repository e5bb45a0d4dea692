from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import ConfigProblem
from adapters.toml_source import load_toml

TEXT = """\
# a comment
plain = 1
a.b = 2
inline = { one = 1, deep.er = [
  { x = 1 },  # first
  { x = 2 },
] }  # both

[table."quoted key"]
list = [
  "one",

  "three",
]

[[things]]
id = "first"
[[things.parts]]
id = "first part"
[[things.parts]]
id = "second part"
[things.parts.extra]
deep = true

[[things]]
id = "second"
[[things.parts]]
id = "its own part"
"""


@pytest.fixture
def source(tmp_path: Path):
    path = tmp_path / "some.toml"
    path.write_text(TEXT, encoding="utf-8")
    return load_toml(path)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("plain",), 2),
        (("a",), 3),
        (("a", "b"), 3),
        (("inline", "one"), 4),
        (("inline", "deep", "er"), 4),
        (("inline", "deep", "er", 0, "x"), 5),
        (("inline", "deep", "er", 1, "x"), 6),
        (("table", "quoted key"), 9),
        (("table", "quoted key", "list", 0), 11),
        (("table", "quoted key", "list", 1), 13),
        (("things", 0), 16),
        (("things", 0, "parts", 0, "id"), 19),
        (("things", 0, "parts", 1, "id"), 21),
        (("things", 0, "parts", 1, "extra", "deep"), 23),
        (("things", 1), 25),
        (("things", 1, "parts", 0, "id"), 28),
    ],
)
def test_every_key_knows_its_line(source, path, line):
    assert source.line(path) == line


def test_a_key_that_is_not_there_has_the_line_of_what_would_hold_it(source):
    assert source.where(("things", 1, "missing", "deep")) == f"{source.path}:25"
    assert source.where(("nothing",)) == f"{source.path}:1"


def test_every_key_and_element_of_the_values_has_a_line_of_its_own(source):
    def paths(value, path=()):
        if path:
            yield path
        for key, inner in (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        ):
            yield from paths(inner, (*path, key))

    assert set(paths(source.data)) == set(source.lines)


def test_a_number_is_kept_as_it_was_written(tmp_path):
    path = tmp_path / "some.toml"
    path.write_text("share = 0.10", encoding="utf-8")
    assert str(load_toml(path).data["share"]) == "0.10"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a = 1\nb = \n", "2: is not valid TOML: invalid value"),
        (b"a = 1\n[b", "2: is not valid TOML: expected ']' at the end of a table declaration"),
        (b"a = 1\na = 2\n", "2: is not valid TOML: cannot overwrite a value"),
        (b"a = 1\n# \xff\n", "2: is not UTF-8 text"),
    ],
)
def test_a_syntax_error_names_its_line(tmp_path, content, problem):
    path = tmp_path / "some.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigProblem) as caught:
        load_toml(path)
    assert caught.value.problems == [f"{path}:{problem}"]


def test_a_missing_file_is_a_problem_for_people(tmp_path):
    with pytest.raises(ConfigProblem) as caught:
        load_toml(tmp_path / "none.toml")
    assert caught.value.problems == [f"{tmp_path / 'none.toml'}:1: cannot be read: no such file or directory"]


@given(st.text(max_size=60))
def test_any_text_is_values_or_a_problem_with_a_line(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        source = load_toml(path)
    except ConfigProblem as problem:
        assert problem.problems[0].startswith(f"{path}:")
    else:
        assert all(line >= 1 for line in source.lines.values())
