"""`grade kit`: the repository that students get, made from the course."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course.entries import course_text
from grader.course.model import COURSE_FILE, Course
from grader.course.stubs import Stub, given_by, stubs_of
from grader.course.writing import write_files
from grader.errors import UsageError
from grader.judge.options import OnProgress, ignore
from grader.judge.record import prove, record
from grader.judge.tape_file import NAME as TAPE
from grader.kit.pages import contract, pages, words_of
from grader.kit.visible_suite import visible_data, visible_texts
from grader.kit.wheel import vendored
from grader.work.given import NOTHING, Given
from grader.work.submission import ENDINGS

_GIT = ".git"


def kit_files(course: Course, on_unit: OnProgress = ignore) -> dict[str, bytes]:
    """Every file of the kit by its path, the same bytes each time.

    Raises: CourseError if a unit has no visible test, or one that cannot be recorded.
    """
    files = {**vendored(), **pages(words_of(course)), **contract(course)}
    files[COURSE_FILE] = course_text(course).encode()
    for stub in stubs_of(course):
        files[stub.path.relative_to(course.home).as_posix()] = stub.text.encode()
        if stub.path.suffix == ".py":  # for `grade reset`
            again = course.pristine(stub.path.stem).relative_to(course.root)
            files[again.as_posix()] = stub.text.encode()
    for done, unit in enumerate(course.units):
        on_unit(done, len(course.units))
        files |= _tests(course, unit.name)
    on_unit(len(course.units), len(course.units))
    return dict(sorted(files.items()))


def _tests(course: Course, unit: str) -> dict[str, bytes]:
    """The visible suite of a unit, its tape, and the files that it brings along."""
    texts = visible_texts(course, unit)
    texts |= visible_data(course, unit, texts[course.suite(unit).name].decode())
    texts[TAPE.format(unit=unit)] = record(course, unit).encoded()
    with TemporaryDirectory(prefix="kit-") as folder:
        write_files(texts, Path(folder))
        prove(course, unit, Path(folder))
    place = course.visible_folder.relative_to(course.root).as_posix()
    return {f"{place}/{name}": content for name, content in texts.items()}


def write_kit(files: dict[str, bytes], folder: Path, course: Course) -> None:
    """Write the kit, also over an earlier one.

    Raises: UsageError, with nothing written, if other files, links or somebody's work are there,
    or if it is no place for a kit.
    """
    _check_place(folder, course)
    _check_contents(files, folder, given_by(course))
    try:
        write_files(files, folder)
    except OSError as error:
        raise UsageError(f"the kit cannot be written: {error}") from None


def _check_place(folder: Path, course: Course) -> None:
    private = (course.exercises_folder, course.solutions_folder, course.suites_folder.parent)
    if any(folder.resolve().is_relative_to(place.resolve()) for place in private):
        raise UsageError(f"{folder} is inside the course's own files: choose another folder")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder for the kit")


def _check_contents(files: dict[str, bytes], folder: Path, given: Mapping[str, Given]) -> None:
    ignored = {_GIT, *files.get(".gitignore", b"").decode().replace("/", "").split()}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder)
        if ignored & {*name.parts}:
            continue  # what using a kit leaves in it
        if path.is_symlink():
            raise UsageError(f"{path} is a link: nothing was written")
        if not path.is_dir() and name.as_posix() not in files:
            raise UsageError(f"{path} is not part of this kit: choose an empty folder")
        if path.is_file() and path.suffix in ENDINGS:
            stub = Stub(path, files[name.as_posix()].decode(), given.get(path.stem, NOTHING))
            if stub.holds_work():
                raise UsageError(f"{path} holds someone's work: nothing was written")
