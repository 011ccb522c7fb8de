"""The files of the units, all modules or all notebooks, on their way from one version of the course
to the next. Pure: what is in the folder is given, and what it is to hold is returned."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from grader.course.folder import Folder, digest
from grader.course.merge import Known, Merged, merged, theirs
from grader.course.pieces import Names, Page, Piece, exercise_role, page_of
from grader.course.references import Import, imports_of, needs, with_name
from grader.work.notebook import Unreadable
from grader.work.submission import ENDINGS

_PATH = re.compile(r"exercises/(\w+)(\.py|\.ipynb)")
There = Mapping[str, bytes | Unreadable]  # the files of a folder, or why one is not touched


@dataclass(frozen=True)
class Layout:
    """What `torchkata start` would lay out: the files, and their mark."""

    files: Mapping[str, bytes]
    mark: Folder


@dataclass(frozen=True)
class UnitFile:
    """What a unit's file held and is to hold, or `why` it is left alone.

    One that is laid out as a whole has nothing `merged`. `origin` is the file that it was before
    its unit had another name; `brought` has, by their ids, what the learner wrote in other files.
    """

    path: str
    before: bytes | None
    after: bytes | None
    new: Page | None = None
    merged: Merged | None = None
    origin: str = ""
    brought: Mapping[str, Piece] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class _Move:
    """What a learner wrote for an exercise that is in another file now, and what it imports."""

    identity: str
    source: str
    target: str
    piece: Piece
    imports: tuple[Import, ...]


def unit_of(path: str) -> str:
    """The unit whose file has this path; nothing if it is no unit's."""
    found = _PATH.fullmatch(path)
    return found[1] if found else ""


def names_in(mark: Folder, unit: str) -> Names:
    """The ids of a unit's exercises by their names, as they were laid out."""
    full = {mark.name_of(identity): identity for identity in mark.exercises}
    return {n.partition(".")[2]: i for n, i in full.items() if n.partition(".")[0] == unit}


def pieces_in(files: Mapping[str, bytes], mark: Folder) -> dict[str, tuple[str, ...]]:
    """For the mark: the digests of what the units' files consist of besides the exercises."""
    known = {*mark.exercises.values()}
    found = {}
    for path, data in files.items():
        if unit := unit_of(path):
            pieces = page_of(path, data, names_in(mark, unit)).pieces
            found[path] = tuple(dict.fromkeys(p.mark for p in pieces if p.mark not in known))
    return found


def unit_files(old: Folder, new: Layout, there: There) -> list[UnitFile]:
    """What becomes of each unit's file; those of units that are gone come last."""
    forms = [_Form(ending, old, new, there) for ending in ENDINGS]
    return [
        *(file for form in forms for file in form.files()),
        *(file for form in forms for file in form.gone()),
    ]


class _Form:
    """All modules, or all notebooks."""

    def __init__(self, ending: str, old: Folder, new: Layout, there: There) -> None:
        self.old, self.layout, self.there = old, new, there
        self.new = {
            path: page_of(path, data, names_in(new.mark, unit_of(path)))
            for path, data in new.files.items()
            if unit_of(path) and path.endswith(ending)
        }
        before = [p for p in old.files if unit_of(p) and p.endswith(ending) and p in there]
        self.left = [path for path in before if path not in self.new]  # of units that are gone
        self.origins = {path: self._origin(path) for path in self.new}
        self.why: dict[str, str] = {}
        self.pages: dict[str, Page] = {}
        for path in (*self.new, *self.left):
            self._read(path)
        self.moves: dict[str, _Move] = {}
        self.moves = {move.identity: move for move in self._moves(ending)}

    def _origin(self, path: str) -> str:
        """The file of a unit that has another name now: all its exercises are in this one."""
        if path in self.there:
            return ""
        for gone in self.left:
            was = [*names_in(self.old, unit_of(gone)).values()]
            now = {self._unit_now(identity) for identity in was} - {""}
            if now == {unit_of(path)}:
                return gone
        return ""

    def _unit_now(self, identity: str) -> str:
        mark = self.layout.mark
        return mark.name_of(identity).partition(".")[0] if identity in mark.exercises else ""

    def _read(self, path: str) -> None:
        source = self.origins.get(path) or path
        data = self.there.get(source)
        names = {
            **names_in(self.layout.mark, unit_of(path)),
            **names_in(self.old, unit_of(source)),
        }
        try:
            if isinstance(data, Unreadable):
                raise data
            if data and data.strip():
                self.pages[path] = page_of(path, data, names)
        except Unreadable as error:
            if source != path:
                self.origins[path] = ""  # it stays where it is, and its unit is laid out anew
            else:
                self.why[path] = str(error)

    def _new(self, path: str) -> Page:
        """What the course has for it now: of a unit that is gone, nothing."""
        return self.new.get(path) or replace(self.pages[path], pieces=(), names={})

    def _known(self, path: str) -> Known:
        source = self.origins.get(path) or path
        was = names_in(self.old, unit_of(source))
        now = {identity: self._unit_now(identity) for identity in was.values()}
        return Known(
            frozenset(self.old.pieces.get(source, ())) | {*self.old.exercises.values()},
            {identity: name for name, identity in was.items()},
            frozenset(i for i, unit in now.items() if unit not in ("", unit_of(path))),
            frozenset(i for i, move in self.moves.items() if move.source == path),
        )

    def _moves(self, ending: str) -> Iterator[_Move]:
        for identity in self.old.exercises:
            old, name = self.old.name_of(identity), self.layout.mark.name_of(identity)
            source, target = (f"exercises/{n.partition('.')[0]}{ending}" for n in (old, name))
            if source == target or self.origins.get(target) == source or target not in self.new:
                continue
            if identity not in self.layout.mark.exercises or target in self.why:
                continue
            if source in self.pages and (move := self._move(identity, source, target)):
                yield move

    def _move(self, identity: str, source: str, target: str) -> _Move | None:
        """None if nothing was written, or if it is not certain that it would work there."""
        old, new = (m.name_of(identity).partition(".")[2] for m in (self.old, self.layout.mark))
        page, there = self.pages[source], self.new[target]
        written = theirs(page, self._new(source), self._known(source))
        mine = [p for p in written if p.defines == {identity} and old in p.binds]
        renamed = mine if old == new else with_name(mine, old, new)
        if len(mine) != 1 or renamed is None:
            return None
        piece = renamed[0]
        if target in self.pages:
            written = theirs(self.pages[target], there, self._known(target))
            rivals = [p for p in written if identity in p.defines]
            if rivals and all(rival.text != piece.text for rival in rivals):
                return None
        needed = needs(piece) - {new}
        imports = tuple(one for one in imports_of(page.pieces) if one.binds in needed)
        given = {name for p in there.pieces for name in p.binds}
        if needed - given - {one.binds for one in imports}:
            return None
        return _Move(identity, source, target, piece, imports)

    def _before(self, path: str) -> bytes | None:
        held = self.there.get(path)
        return held if isinstance(held, bytes) else None

    def files(self) -> Iterator[UnitFile]:
        """The files of the units that the course has."""
        for path, new in self.new.items():
            before = self._before(path)
            if path in self.why:
                yield UnitFile(path, before, before, new, why=self.why[path])
            else:
                yield self._file(path, new, before)

    def _file(self, path: str, new: Page, before: bytes | None) -> UnitFile:
        moves = {move.identity: move for move in self.moves.values() if move.target == path}
        wanted = [one for move in moves.values() for one in move.imports]
        brought = replace(new, pieces=tuple(_instead(piece, moves) for piece in new.pieces))
        pieces = {identity: move.piece for identity, move in moves.items()}
        file = UnitFile(path, before, None, new, None, self.origins[path], pieces)
        known = self._known(path)
        known = replace(
            known, laid_out=known.laid_out | {p.mark for p in new.pieces if p.of in moves}
        )
        page = self.pages.get(path)
        whole = merged(page or brought, brought, known, wanted)
        try:
            if page is None:
                data = brought.data(whole.pieces) if moves else self.layout.files[path]
                return replace(file, after=data)
            data = self._data(page, whole, path, moved=bool(moves))
            return replace(file, after=data, merged=whole)
        except Unreadable as error:
            self.origins[path] = ""
            return replace(file, after=before, origin="", why=f" cannot be merged{error}")

    def _data(self, page: Page, whole: Merged, path: str, *, moved: bool) -> bytes:
        """As laid out, to the byte, where the learner has changed nothing."""
        source = self.origins[path] or path
        held = self._before(source) or b""
        if not moved and digest(held) == self.old.files.get(source) and b"\r\n" not in held:
            return self.layout.files[path]
        same = [p.text for p in page.pieces] == [p.text for p in whole.pieces]
        return held if same else page.data(whole.pieces)

    def gone(self) -> Iterator[UnitFile]:
        """The files of units that the course has no more: they go if the learner did not write
        anything in them, or only what is elsewhere now."""
        taken = {*self.origins.values()}
        for path in self.left:
            before = self._before(path)
            if path in self.why:
                yield UnitFile(path, before, before, why=self.why[path])
            elif path in taken or path not in self.pages:  # it is elsewhere, or empty
                yield UnitFile(path, before, None)
            else:
                whole = merged(self.pages[path], self._new(path), self._known(path))
                yield UnitFile(path, before, before if whole.pieces else None, merged=whole)


def _instead(piece: Piece, moves: Mapping[str, _Move]) -> Piece:
    """What the learner wrote, in the place of the stub."""
    if piece.of not in moves or piece.role != exercise_role(piece.of):
        return piece
    return replace(moves[piece.of].piece, role=piece.role, of=piece.of, gap=piece.gap)
