"""What the commands for teachers do: make a kit or a bundle, and search one."""

from pathlib import Path

from grader.cli.output import check_output, progress_bar
from grader.course.model import find_whole_course
from grader.errors import UsageError
from grader.formats.parts.text import visible


def kit(folder: Path, *, check: bool) -> int:
    """Make the repository that students get, or search one for what must not be in it."""
    course = find_whole_course(Path.cwd())
    if check:
        from grader.kit.check import leaks

        found = leaks(course, folder)
        for leak in found:
            print(f"leak: {visible(leak)}")
        if not found:
            print(f"{folder} holds nothing of the solutions, hidden tests or wrong answers.")
        return 1 if found else 0
    from grader.kit.make import kit_files, write_kit

    with progress_bar() as progress:
        files = kit_files(course, progress)
    write_kit(files, folder, course)
    print(f"A kit of {len(course.units)} units in {folder}: {len(files)} files.")
    print(f"Next: grade kit --check {folder}")
    return 0


def bundle(host: str, output: Path) -> None:
    """Write what another host runs to grade this course. Raises: UsageError."""
    from grader.kit.bundles import classroom50, gradescope
    from grader.kit.make import kit_files, write_kit

    course = find_whole_course(Path.cwd())
    if host == "gradescope":
        check_output(output)
        content = gradescope(course)
        try:
            output.write_bytes(content)
        except OSError as error:
            raise UsageError(f"cannot write {output}: {error.strerror}") from None
        print(f"written: {output}, with solutions and hidden tests: keep it to yourself")
    elif host == "classroom50":
        with progress_bar() as progress:
            files = kit_files(course, progress)
        write_kit(classroom50(files), output, course)
        print(f"written: {output}, which may be public: visible tests, no solutions")
    else:
        raise UsageError(f"no host {host!r}: choose gradescope or classroom50")
