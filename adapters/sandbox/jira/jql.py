"""JQL text to a tree. What it means on a given site is decided in `jql_meaning`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from adapters.sandbox.jira.errors import Refusal

# Words of SQL and of Jira's own that must be quoted to be a value.
RESERVED_WORDS = frozenset(
    """abort access add after alias all alter and any are as asc at audit avg be before begin between boolean break
    but by byte catch cf char character check checkpoint collate collation column commit connect continue count create
    current date decimal declare decrement default defaults define delete delimiter desc difference distinct divide do
    double drop else empty encoding end equals escape exclusive exec execute exists explain false fetch file field
    first float for from function go goto grant greater group having identified if immediate in increment index
    initial inner inout input insert int integer intersect intersection into is isempty isnull it join last left less
    like limit lock long max min minus mode modify modulo more multiply next no noaudit not notin nowait null number
    object of on option or order outer output power previous prior privileges public raise raw remainder rename
    resource return returns revoke right row rowid rownum rows select session set share size smallint sqrt start
    strict string subtract such sum synonym table that the their then there these they this to trans transaction
    trigger true uid union unique update user validate values view was when whenever where while will with""".split()  # noqa: SIM905 - a list of 200 lines is no clearer
)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "'": "'", "\\": "\\", " ": " "}
_OPPOSITE = {
    "=": "!=",
    "!=": "=",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "~": "!~",
    "!~": "~",
}


@dataclass(frozen=True)
class Literal:
    """A value; `quoted` when it stood in quotation marks."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Empty:
    """EMPTY or NULL."""


@dataclass(frozen=True)
class Function:
    """`openSprints()`, `startOfDay("-1d")`."""

    name: str
    arguments: tuple[str, ...] = ()


Value = Literal | Empty | Function


@dataclass(frozen=True)
class Clause:
    """`field operator values`; `listed` when the values stood in parentheses."""

    field: str
    operator: str
    values: tuple[Value, ...]
    listed: bool = False


@dataclass(frozen=True)
class And:
    """AND."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """OR."""

    parts: tuple["Node", ...]


Node = Clause | And | Or


@dataclass(frozen=True)
class Ordering:
    """One key of ORDER BY."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """A parsed query; `where` None restricts nothing."""

    where: Node | None
    order: tuple[Ordering, ...] = ()


def parse(text: str) -> Query:
    """Parse JQL. Raises Refusal (400) with Jira's words where it can be guessed what Jira would say."""
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from None
    where: Node | None = None
    order: tuple[Ordering, ...] = ()
    for part in _trees(tree):
        if part.data == "order":
            order = tuple(_ordering(each) for each in _trees(part))
        else:
            where = _node(part, positive=True)
    return Query(where, order)


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("jql.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual")


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _node(tree: Tree[Token], *, positive: bool) -> Node:
    if tree.data == "negation":
        return _node(_trees(tree)[0], positive=not positive)
    if tree.data == "clause":
        clause = _clause(tree)
        # Jira pushes NOT down to the clauses, so `NOT labels = a` leaves issues without labels out as `!=` does.
        return clause if positive else Clause(clause.field, _OPPOSITE[clause.operator], clause.values, clause.listed)
    parts = tuple(_node(part, positive=positive) for part in _trees(tree))
    if len(parts) == 1:
        return parts[0]
    return And(parts) if (tree.data == "conjunction") == positive else Or(parts)


def _clause(tree: Tree[Token]) -> Clause:
    field, operator, operand = _trees(tree)
    sign = operator.children[0]
    name = str(sign) if isinstance(sign, Token) else str(sign.data).replace("_", " ")
    inner = _trees(operand)[0]
    listed = inner.data == "list"
    return Clause(
        _field(field), name, tuple(_value(each) for each in (_trees(inner) if listed else [inner])), listed=listed
    )


def _ordering(tree: Tree[Token]) -> Ordering:
    last = tree.children[-1]
    return Ordering(_field(_trees(tree)[0]), isinstance(last, Token) and last.type == "DESC")


def _field(tree: Tree[Token]) -> str:
    token = tree.children[0]
    assert isinstance(token, Token)  # noqa: S101 - the grammar says so
    if token.type == "CF":
        return "cf[" + "".join(letter for letter in token if letter.isdigit()) + "]"
    return _unescape(token) if token.type == "STRING" else _not_reserved(token, "field name")


def _value(tree: Tree[Token]) -> Value:
    if tree.data == "empty":
        return Empty()
    if tree.data == "function":
        name, *rest = tree.children
        arguments = [_value(each) for each in rest if isinstance(each, Tree)]
        return Function(str(name), tuple(each.text for each in arguments if isinstance(each, Literal)))
    token = tree.children[0]
    assert isinstance(token, Token)  # noqa: S101 - the grammar says so
    return Literal(_unescape(token), True) if tree.data == "string" else Literal(_not_reserved(token, "value"))


def _not_reserved(token: Token, role: str) -> str:
    if token.lower() in RESERVED_WORDS:
        raise _query_error(
            f"'{token}' is a reserved JQL word. You must surround it in quotation marks to use it as a {role}.", token
        )
    return str(token)


def _unescape(token: Token) -> str:
    inner = token[1:-1]
    for letter in inner:
        if ord(letter) < 32 and letter not in "\n\r":
            raise _query_error(
                f"The character '{letter}' is a reserved JQL character. You must enclose it in a string "
                f"or use the escape '\\u{ord(letter):04x}' instead.",
                token,
            )

    def replacement(match: re.Match[str]) -> str:
        sequence = match[1]
        if sequence[0] == "u" and len(sequence) == 5:
            return chr(int(sequence[1:], 16))
        if sequence not in _ESCAPES:
            raise _query_error(
                f"'\\{sequence}' is an illegal JQL escape sequence. The valid escape sequences are "
                "\\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX.",
                token,
            )
        return _ESCAPES[sequence]

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", replacement, inner, flags=re.DOTALL)


def _query_error(message: str, token: Token) -> Refusal:
    return Refusal(400, f"Error in the JQL Query: {message} (line {token.line}, character {token.column})")


def _syntax_error(text: str, error: UnexpectedInput) -> Refusal:
    if isinstance(error, UnexpectedCharacters):
        position = error.pos_in_stream or 0
        letter = text[position]
        if letter in "\"'":
            what = f"The quoted string '{text[position + 1 :]}' has not been completed."
        else:
            what = (
                f"The character '{letter}' is a reserved JQL character. You must enclose it in a string "
                f"or use the escape '\\u{ord(letter):04x}' instead."
            )
        return Refusal(400, f"Error in the JQL Query: {what} (line {error.line}, character {error.column})")
    expected: set[str] = set()
    got, where = "", "end of the query"
    if isinstance(error, UnexpectedToken):
        expected, got = set(error.expected), str(error.token)
        where = f"line {error.line}, character {error.column}"
    elif isinstance(error, UnexpectedEOF):
        expected = set(error.expected)
    if "EQ" in expected:
        what = (
            f"Expecting operator but got '{got}'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', "
            "'IN', 'NOT IN', 'IS' and 'IS NOT'."
        )
    elif "_OR" in expected:
        what = f"Expecting either 'OR' or 'AND' but got '{got}'."
    elif "EMPTY" in expected:
        what = (
            f"Expecting either a value, list or function but got '{got}'. You must surround '{got}' in quotation "
            "marks to use it as a value."
        )
    elif "RPAR" in expected:
        what = f"Expecting ')' but got '{got}'."
    else:
        what = f"Expecting a field name but got '{got}'."
    return Refusal(400, f"Error in the JQL Query: {what} ({where})")
