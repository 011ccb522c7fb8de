"""What other hosts run to grade: an archive for Gradescope and Codio, a folder for Classroom 50."""

from collections.abc import Iterator
from pathlib import Path

from grader.course.entries import course_text
from grader.course.model import COURSE_FILE, Course
from grader.errors import UsageError
from grader.kit.archives import kept, zipped
from grader.kit.wheel import vendored

MAX_PUBLISHED = 10 * 1024 * 1024  # Classroom 50 fetches no bundle that is larger


def gradescope(course: Course) -> bytes:
    """An autograder.zip with the course, solutions and hidden tests included.

    Raises: UsageError where those are missing.
    """
    for unit in course.units:
        for path in (course.suite(unit.name), course.solution(unit.name)):
            if not path.is_file():
                raise UsageError(f"{path} is missing: run this in the whole course, not in a kit")
    programs = {
        "setup.sh": _script("gradescope_setup.sh"),
        "run_autograder": _script("gradescope_run.py"),
    }
    files = {f"course/{name}": content for name, content in _course_files(course)}
    return zipped({**programs, **vendored(), **files}, programs)


def classroom50(kit: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a Classroom 50 autograder by path, made from those of a kit.

    Whatever is in it becomes public, so it is given nothing else.
    Raises: UsageError if it is too large.
    """
    shipped = {path: content for path, content in kit.items() if not path.startswith(".")}
    bundle = {f"kit/{path}": content for path, content in shipped.items()}
    bundle["autograder.py"] = _script("classroom50.py")
    if (size := sum(map(len, bundle.values()))) > MAX_PUBLISHED:
        raise UsageError(
            f"the bundle is {size // 1024} KiB, but Classroom 50 takes {MAX_PUBLISHED // 1024} "
            "at most: make the course's exercises and visible tests smaller"
        )
    return dict(sorted(bundle.items()))


def _script(name: str) -> bytes:
    return (Path(__file__).parent / "scripts" / name).read_bytes()


def _course_files(course: Course) -> Iterator[tuple[str, bytes]]:
    """What grading needs of a course: no dot-files, where secrets and progress are kept."""
    others = {path for unit in course.omitted for path in course.files_of(unit.name)}
    others.add(course.equivalents_file)
    yield COURSE_FILE, course_text(course).encode()
    for folder in (course.solutions_folder, course.suites_folder):
        inside = folder.relative_to(course.root).as_posix()
        for name, content in kept(folder):
            path = folder / name
            if others.isdisjoint((path, *path.parents)):
                yield f"{inside}/{name}", content
