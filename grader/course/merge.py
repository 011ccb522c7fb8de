"""One file of a unit, as a learner has it and as the course has it now, made into one.

What is as it was laid out is the course's, and replaced. All else is the learner's, and stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from grader.course.pieces import LESSON, Page, Piece, exercise_role, names_role
from grader.course.references import Import, imports_of, with_name

_FUTURE = "__future__"


class Fate(StrEnum):
    """What becomes of an exercise, or of the text around exercises, in the words of an update."""

    ADDED = auto()
    REFRESHED = auto()
    KEPT = auto()  # it is the learner's, and the course has another one now
    CARRIED = "carried over"  # it is the learner's, under a new name or in another file
    STAYED = auto()  # it is the learner's, and should have been carried
    GONE = auto()
    LEFT = auto()  # it is the learner's, and no exercise any more


@dataclass(frozen=True)
class Known:
    """What is known of a file from the time when it was laid out, and of its exercises since.

    `laid_out` are the marks of all pieces; `names` what its exercises were called, by their ids;
    `elsewhere` the ids of those that are in another file now, `carried` of those among them whose
    text went along.
    """

    laid_out: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    carried: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Merged:
    """The pieces that the file is to have, the fate of each exercise by its id, and what became of
    the text around them. `yours` has what the learner wrote for an exercise."""

    pieces: tuple[Piece, ...]
    fates: Mapping[str, Fate]
    around: frozenset[Fate]
    yours: Mapping[str, Piece]


def theirs(page: Page, new: Page, known: Known) -> list[Piece]:
    """The pieces that are the learner's."""
    fresh = {piece.mark for piece in new.pieces}
    return [p for p in page.pieces if p.mark not in known.laid_out and p.mark not in fresh]


def merged(page: Page, new: Page, known: Known, wanted: Sequence[Import] = ()) -> Merged:
    """Bring a file up to date; `wanted` is imported besides."""
    merge = _Merge(page, new, known)
    merge.rename()
    merge.replace_what_was_laid_out()
    merge.insert_what_is_new()
    merge.insert_imports([*imports_of(new.pieces), *wanted])
    if merge.beside - merge.fates.keys():
        merge.around.add(Fate.REFRESHED)
    return Merged(tuple(merge.pieces), merge.fates, frozenset(merge.around), merge.yours)


class _Merge:
    def __init__(self, page: Page, new: Page, known: Known) -> None:
        self.page, self.new, self.known = page, new, known
        self.mine = theirs(page, new, known)
        fresh = {piece.mark: piece for piece in new.pieces}
        self.pieces = [_as(fresh[p.mark], p) if p.mark in fresh else p for p in page.pieces]
        self.wanted = {piece.role: piece for piece in new.pieces}
        self.fates: dict[str, Fate] = {}
        self.around: set[Fate] = set()
        self.yours: dict[str, Piece] = {}
        self._renamed: set[str] = set()
        self.beside: set[str] = set()  # exercises whose title or check is another

    def _change(self, changed: Sequence[Piece]) -> None:
        """Put other pieces in the place of the learner's, one for one."""
        by_old = {id(old): new for old, new in zip(self.mine, changed, strict=True)}
        self.pieces = [by_old.get(id(piece), piece) for piece in self.pieces]
        self.mine = list(changed)

    def rename(self) -> None:
        """Give what the learner wrote the name that its exercise has now."""
        names = {identity: name for name, identity in self.new.names.items()}
        for identity, old in self.known.names.items():
            new = names.get(identity, old)
            if new == old or not any(_is(piece, identity, old) for piece in self.mine):
                continue
            self._renamed.add(identity)
            changed = with_name(self.mine, old, new)
            self.fates[identity] = Fate.STAYED if changed is None else Fate.CARRIED
            if changed is None:  # it becomes text around the exercises
                changed = [
                    replace(p, role=names_role(p.binds), of="", defines=frozenset())
                    if _is(p, identity, old)
                    else p
                    for p in self.mine
                ]
            self._change(changed)

    def replace_what_was_laid_out(self) -> None:
        fresh = {piece.mark for piece in self.new.pieces}
        present = {piece.role for piece in self.pieces if piece.mark in fresh}
        present |= {role for piece in self.mine for role in _roles(piece)}
        pieces: list[Piece] = []
        for piece in self.pieces:
            if any(piece is own for own in self.mine):
                pieces += self._kept(piece)
            elif piece.mark in fresh or (not piece.of and self._is_needed(piece)):
                pieces.append(piece)
            else:
                again = None if piece.role in present else self.wanted.get(piece.role)
                present.add(piece.role)
                pieces += [replace(again, gap=piece.gap)] if again else []
                self._note(piece, again)
        self.pieces = pieces

    def _note(self, piece: Piece, again: Piece | None) -> None:
        if not piece.of:
            self.around.add(Fate.REFRESHED)
        elif piece.role != exercise_role(piece.of):
            self.beside |= {piece.of} if again else set()
        elif again:
            self.fates.setdefault(piece.of, Fate.REFRESHED)
        elif piece.role not in self.wanted and piece.of not in self.known.elsewhere:
            self.fates.setdefault(piece.of, Fate.GONE)

    def _is_needed(self, piece: Piece) -> bool:
        """Does the learner's code speak of a name that the course has no more?"""
        gone = piece.binds.difference(*(p.binds for p in self.new.pieces))
        return any(gone & own.words for own in self.mine)

    def _kept(self, piece: Piece) -> Iterator[Piece]:
        """The learner's piece, unless it has been taken along to another file."""
        others = [own for own in self.mine if own is not piece]
        is_carried = bool(piece.defines) and piece.defines <= self.known.carried
        if is_carried and not any(piece.binds & own.words for own in others):
            return
        for role in _roles(piece):
            now = self.wanted.get(role)
            if now is not None and not now.of and now.mark not in self.known.laid_out:
                self.around.add(Fate.KEPT)
        for identity in piece.defines - self.known.carried:
            now = self.wanted.get(exercise_role(identity))
            self.yours[identity] = piece
            if now is None:
                moved = identity in self.known.elsewhere
                self.fates[identity] = Fate.STAYED if moved else Fate.LEFT
            elif now.mark not in self.known.laid_out and identity not in self._renamed:
                self.fates[identity] = Fate.KEPT
        yield piece

    def insert_what_is_new(self) -> None:
        present = {role for piece in self.pieces for role in _roles(piece)}
        absent = [piece for piece in self.new.pieces if piece.role not in present]
        arriving = {
            piece.of
            for piece in absent
            if piece.role == exercise_role(piece.of)
            and (piece.of not in self.known.names or self.fates.get(piece.of) is Fate.STAYED)
        }
        for piece in absent:
            if piece.of in arriving if piece.of else self._is_wanted(piece):
                self.pieces.insert(self._place(piece), piece)
                if piece.role == exercise_role(piece.of):
                    self.fates.setdefault(piece.of, Fate.ADDED)
                elif not piece.of:
                    self.around.add(Fate.REFRESHED)

    def _is_wanted(self, piece: Piece) -> bool:
        """Text that the learner has taken out stays out, but for imports."""
        if piece.is_import and (imports := imports_of([piece])):
            return self._missing(imports) == imports
        return piece.role != LESSON and piece.mark not in self.known.laid_out

    def _missing(self, imports: Sequence[Import]) -> list[Import]:
        there = frozenset[str]().union(*(piece.binds for piece in self.pieces))
        return [one for one in imports if one.binds not in there]

    def insert_imports(self, wanted: Sequence[Import]) -> None:
        missing = list(dict.fromkeys(self._missing(wanted)))
        first = [one for one in missing if one.module == _FUTURE]
        for some, place in ((first, self._top()), ([m for m in missing if m not in first], None)):
            if some:
                text = "\n".join(one.statement for one in some)
                binds = frozenset(one.binds for one in some)
                piece = self.page.new_imports(text, binds)
                self.pieces.insert(self._head() if place is None else place, piece)
                self.around.add(Fate.REFRESHED)

    def _place(self, piece: Piece) -> int:
        """Below what stands before it in the course."""
        lowest = self._top() if piece.is_import else self._head()
        above = [p.role for p in self.new.pieces[: self.new.pieces.index(piece)]]
        for role in reversed(above):
            found = [n for n, p in enumerate(self.pieces, start=1) if role in _roles(p)]
            if found:
                return max(lowest, found[-1])
        return lowest

    def _top(self) -> int:
        """Where imports may begin."""
        first = self.pieces[:1] if self.pieces and self.pieces[0].role == f"cell {LESSON}" else []
        ends = [
            n
            for n, p in enumerate(self.pieces, start=1)
            if p.role == LESSON or (p.is_import and f"from {_FUTURE} " in p.text)
        ]
        return max([len(first), *ends])

    def _head(self) -> int:
        """Where the imports at the top end."""
        end = self._top()
        for number, piece in enumerate(self.pieces[end:], start=end + 1):
            if piece.is_import:
                end = number
            elif piece.binds:
                break
        return end


def _is(piece: Piece, identity: str, name: str) -> bool:
    return identity in piece.defines and name in piece.binds


def _roles(piece: Piece) -> set[str]:
    return {piece.role, *map(exercise_role, piece.defines)}


def _as(new: Piece, piece: Piece) -> Piece:
    """The piece, which the course has as well, for what it is there."""
    return replace(piece, role=new.role, of=new.of, defines=new.defines)
