"""Mutants of a solution: what it becomes by one small edit that a suite should notice.

Made with `ast` alone: mutmut offers no library to call, cosmic-ray needs a runner of its own and
deletes no statements or keywords.
"""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Mutant:
    """A solution with one edit; `exercise` is None in code that several exercises share.

    `before` and `after` are the changed lines, stripped; lines keep their numbers.
    """

    exercise: str | None
    line: int
    before: str
    after: str
    text: str


_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
    ast.MatMult: ("@", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
# The operator as a pattern, then its neighbour at the boundary and its negation.
_COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: (r"\bin\b", ("not in",)),
    ast.NotIn: (r"\bnot\s+in\b", ("in",)),
    ast.Is: (r"\bis\b", ("is not",)),
    ast.IsNot: (r"\bis\s+not\b", ("is",)),
}
_PAIRS = (
    "sum mean, max min, maximum minimum, amax amin, argmax argmin, any all, zeros ones, "
    "zeros_like ones_like, floor ceil, train eval".split(", ")
)
_EXCHANGED = {a: b for pair in map(str.split, _PAIRS) for a, b in (pair, pair[::-1])}
_BUILTINS = frozenset(("max", "min", "any", "all"))

Edit = tuple[int, int, str]  # from, to, and what stands there instead


def mutants_of(source: str, exercises: Collection[str]) -> list[Mutant]:
    """Every mutant of a unit, in the order of its lines; no two of them are the same program."""
    tree = ast.parse(source)
    code = _Code(source)
    seen = {ast.dump(tree)}
    found = []
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        exercise = node.name if node.name in exercises else None
        for edit in sorted(set(code.edits(node))):
            text = code.edited(edit)
            program = _program(text)
            if program is not None and program not in seen:
                seen.add(program)
                found.append(_mutant(exercise, source, text))
    return found


def _program(text: str) -> str | None:
    """What distinguishes one program from another; None for a text that is none."""
    try:
        tree = ast.parse(text)
        compile(tree, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return ast.dump(tree)


def _mutant(exercise: str | None, source: str, text: str) -> Mutant:
    old, new = source.split("\n"), text.split("\n")
    changed = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    first, last = changed[0], changed[-1] + 1
    return Mutant(exercise, first + 1, stripped(old[first:last]), stripped(new[first:last]), text)


def stripped(lines: Sequence[str]) -> str:
    """Lines as a report shows them."""
    return "\n".join(line.strip() for line in lines if line.strip())


class _Code:
    """A source as bytes, which is how `ast` counts columns, and the edits of its nodes."""

    def __init__(self, source: str) -> None:
        self.bytes = source.encode()
        self.starts = [0]
        for line in self.bytes.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def edited(self, edit: Edit) -> str:
        start, end, new = edit
        breaks = "\n" * (self.bytes.count(b"\n", start, end) - new.count("\n"))
        padded = f"({breaks})" if new == "()" else new + breaks  # brackets may span lines
        return (self.bytes[:start] + padded.encode() + self.bytes[end:]).decode()

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt) -> str:
        return self.bytes[self.start(node) : self.end(node)].decode()

    def whole(self, node: ast.expr | ast.stmt, new: str) -> Edit:
        return self.start(node), self.end(node), new

    def between(self, pattern: str, start: int, end: int, new: str) -> Iterator[Edit]:
        """Exchange the first match of `pattern` in a stretch, which may not lie in a comment."""
        gap = self.bytes[start:end].decode()
        bare = re.sub(r"#[^\n]*", lambda comment: " " * len(comment[0].encode()), gap)
        if match := re.search(pattern, bare):
            yield start + match.start(), start + match.end(), new

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """Every edit of a node and of what stands in it."""
        for rule in (_operators, _values, _statements):
            yield from rule(node, self)
        if isinstance(node, (ast.JoinedStr, ast.Raise)):
            return  # messages
        # Without its only statement an `if` does nothing, as if it were deleted itself.
        is_kept = isinstance(node, ast.If) and not node.orelse and len(node.body) == 1
        for child in _parts(node):
            if isinstance(child, ast.stmt) and not is_kept:
                yield from _deleted(child, self)
            yield from self.edits(child)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children that run: no annotation, and no text that stands alone."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            alone = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not alone:
                yield child


def _deleted(node: ast.stmt, code: _Code) -> Iterator[Edit]:
    """A statement that is not there; what would leave a name unbound is deleted all the same."""
    simple = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Raise, ast.Assert, ast.Delete)
    if isinstance(node, simple) or (isinstance(node, ast.If) and not node.orelse):
        yield code.whole(node, "pass")


def _operators(node: ast.AST, code: _Code) -> Iterator[Edit]:
    """Another operator, or none; and conditions that are negated."""
    match node:
        case ast.BinOp(left, op, right) | ast.AugAssign(left, op, right) if type(op) in _ARITHMETIC:
            old, new = _ARITHMETIC[type(op)]
            equals = "=" if isinstance(node, ast.AugAssign) else ""
            pattern = re.escape(old + equals)
            yield from code.between(pattern, code.end(left), code.start(right), new + equals)
        case ast.Compare(first, ops, others):
            for left, sign, right in zip([first, *others], ops, others, strict=False):
                pattern, news = _COMPARISONS[type(sign)]
                for new in news:
                    yield from code.between(pattern, code.end(left), code.start(right), new)
        case ast.BoolOp(op, values):
            old, new = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
            for left, right in pairwise(values):
                yield from code.between(rf"\b{old}\b", code.end(left), code.start(right), new)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield from code.between(r"(not\b|-|~)\s*", code.start(node), code.start(operand), "")
        case ast.If(test) | ast.While(test) | ast.IfExp(test):
            one_comparison = isinstance(test, ast.Compare) and len(test.ops) == 1
            negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
            if not one_comparison and not negated:  # those are negated by their own rule
                yield code.whole(test, f"not ({code.text(test)})")


def _values(node: ast.AST, code: _Code) -> Iterator[Edit]:
    """Another constant, bound, name or argument, or none."""
    match node:
        case ast.Constant(bool(value)):
            yield code.whole(node, str(not value))
        case ast.Constant(int(value)):
            yield code.whole(node, str(value + 1))
            yield code.whole(node, str(value - 1))
        case ast.Constant(float(value)):
            yield code.whole(node, repr(value * 2 if value else 1.0))
            if value:
                yield code.whole(node, f"-{code.text(node)}")
        case ast.Slice():
            for bound in filter(None, (node.lower, node.upper, node.step)):
                yield code.whole(bound, "")
        case ast.Attribute(attr=name) if name in _EXCHANGED:
            yield code.end(node) - len(name), code.end(node), _EXCHANGED[name]
        case ast.Name(name, ast.Load()) if name in _BUILTINS:
            yield code.whole(node, _EXCHANGED[name])
        case ast.Call(_, args, keywords):
            for keyword in keywords:
                if keyword.arg is not None:
                    yield _without(code, code.start(keyword), code.end(keyword))
            if len(args) >= 2 and not any(isinstance(a, ast.Starred) for a in args[:2]):
                between = code.bytes[code.end(args[0]) : code.start(args[1])].decode()
                exchanged = f"{code.text(args[1])}{between}{code.text(args[0])}"
                yield code.start(args[0]), code.end(args[1]), exchanged


def _without(code: _Code, start: int, end: int) -> Edit:
    """Take out an argument with the comma after it, or else the one before it."""
    if after := re.match(rb"\s*,[ \t]*", code.bytes[end:]):
        return start, end + after.end(), ""
    before = re.search(rb",\s*$", code.bytes[:start])
    return (before.start() if before else start), end, ""


def _statements(node: ast.AST, code: _Code) -> Iterator[Edit]:
    """Another way to go on, or nothing around a statement."""
    match node:
        case ast.Return(ast.expr()):
            yield code.whole(node, "return None")
        case ast.Break():
            yield code.whole(node, "continue")
        case ast.Continue():
            yield code.whole(node, "break")
        case ast.For():
            yield code.whole(node.iter, "()")
        case ast.With() if all(item.optional_vars is None for item in node.items):
            last = code.end(node.items[-1].context_expr)
            for _, end, _ in code.between(":", last, code.start(node.body[0]), ""):
                yield code.start(node), end, "if True:"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in node.decorator_list:
                start = code.bytes.rindex(b"@", 0, code.start(decorator))
                yield start, code.end(decorator), ""
