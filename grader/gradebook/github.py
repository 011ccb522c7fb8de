"""The repositories of a class on GitHub: which there are, and their files on this machine.

Runs `gh` and `git`, and nothing that a repository brings along: no hooks, filters or submodules.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.errors import UsageError
from grader.gradebook.handins import Handin, LaidOut, NotHandedIn
from grader.gradebook.roster import Roster
from grader.gradebook.unpack import MAX_FILE_BYTES
from grader.work.begun import imported
from grader.work.elsewhere import MAX_FOLDERS, is_place, unit_of
from grader.work.notebook import Unreadable
from grader.work.reading import read
from grader.work.submission import ENDINGS, MAX_MODULES, MAX_OTHERS

MAX_MEBIBYTES, GIT_MEBIBYTES = 200, 2048
MAX_LISTED_BYTES = 64 << 10  # of a folder's names, as git keeps them
MAX_ASKED = 500  # modules that are looked for
ASK_SECONDS, CLONE_SECONDS = 60, 180
NAME = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
SERVER = os.environ.get("GITHUB_SERVER_URL", "https://github.com")


class Failed(OSError):
    """Why a repository is not here, or GitHub not told; `said` is what the program wrote."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.said = said


@dataclass(frozen=True)
class Repository:
    """Of one student. It has no name if the roster has no user name, no size if it is not there;
    `person` is what the roster calls the student."""

    name: str
    student: str
    mebibytes: float | None
    person: str = ""

    @property
    def handin(self) -> Handin:
        """It is fetched when it is looked at."""
        return Handin(self.student, self.name, ((Path(self.name), ""),), self.person)


@contextmanager
def fetched(repository: Repository, units: Sequence[str]) -> Iterator[LaidOut]:
    """What is graded of it, in a folder, until this ends. Raises: Failed, NotHandedIn."""
    with TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "work"
        commit, when = fetch(repository, clone, units)
        yield LaidOut(clone, commit=commit, submitted_at=when)


def repositories(org: str, prefix: str, roster: Roster | None) -> list[Repository]:
    """What is to be graded: those of the roster, or else all whose names begin with `prefix`.

    Raises: UsageError if that is nothing, or cannot be found out.
    """
    for option, name in (("--org", org), ("--prefix", prefix)):
        if not NAME.fullmatch(name):
            raise UsageError(f"{option} takes letters, digits, dots and hyphens, not {name!r}")
    students = None if roster is None else _listed_in(roster)
    try:
        listed = gh("repo", "list", org, "--limit", "10000", "--json", "name,diskUsage,isTemplate")
    except Failed as reason:
        told = f"cannot list the repositories of {org}: {reason}\n{reason.said}"
        raise UsageError(told.rstrip()) from None
    found = json.loads(listed)
    sizes = {each["name"]: (each["diskUsage"] or 0) / 1024 for each in found}
    if students is None:
        others = {each["name"] for each in found if each.get("isTemplate")}
        others |= {name for name in sizes if f"{org}/{name}" == os.environ.get("GITHUB_REPOSITORY")}
        names = sorted(name for name in sizes.keys() - others if name.startswith(prefix))
        users = [name.removeprefix(prefix) for name in names if name != prefix]
        students = [(user, user, "") for user in users]
    if not students:
        raise UsageError(f"nothing to grade: no repository of {org} begins with {prefix}")
    listed_as = {name.casefold(): name for name in sizes}  # GitHub ignores case
    names = [listed_as.get((prefix + user).casefold(), prefix + user) for user, *_ in students]
    return [
        Repository(f"{org}/{name}" if user else "", student, sizes.get(name), person)
        for name, (user, student, person) in zip(names, students, strict=True)
    ]


def _listed_in(roster: Roster) -> list[tuple[str, str, str]]:
    """For each member the user name, if it can be one, what to call the student, and the name.

    Raises: UsageError if it has no column of user names.
    """
    if not roster.has_users:
        raise UsageError("the roster has no column github_username, username or student")
    return [
        (m.user if NAME.fullmatch(m.user) else "", m.user or m.student, m.name)
        for m in roster.members
    ]


def fetch(repository: Repository, folder: Path, units: Sequence[str]) -> tuple[str, str]:
    """Clone its newest commit into `folder`, with the files of `units` and the modules that these
    import alone; the commit, and its time.

    A few kilobytes can unfold into a billion files: nothing else is ever written.
    Raises: Failed, NotHandedIn.
    """
    if not repository.name:
        raise NotHandedIn("no user name")
    if repository.mebibytes is None:
        raise NotHandedIn("no repository")
    if repository.mebibytes > MAX_MEBIBYTES:
        raise Failed(f"larger than {MAX_MEBIBYTES} MiB")
    asking = ("-c", "credential.helper=!gh auth git-credential")
    harmless = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
    shallow = ("--depth=1", "--single-branch", "--no-tags", "--no-checkout", "--template=")
    url = f"{SERVER}/{repository.name}.git"
    _git(*harmless, *asking, "clone", "--quiet", *shallow, "--", url, folder)
    try:
        commit, when = _git("-C", folder, "log", "-1", "--format=%H %cI", "HEAD").split()
    except Failed:
        raise NotHandedIn("empty repository") from None
    here = new = _files_of_units(folder, units)
    most = len(here) + MAX_MODULES
    while new:
        _write(folder, new, harmless)
        asked = [path for path in _modules_of(folder, list(new)) if path not in here]
        new = dict(list(_sizes(folder, asked[:MAX_ASKED]).items())[: most - len(here)])
        here = {**here, **new}
    return commit, when


def _write(folder: Path, sizes: Mapping[str, int], options: Sequence[str]) -> None:
    for path in (folder / path for path, size in sizes.items() if size > MAX_FILE_BYTES):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:  # which takes no room, and which the grader refuses by itself
            file.truncate(MAX_FILE_BYTES + 1)
    wanted = [path for path, size in sizes.items() if size <= MAX_FILE_BYTES]
    if wanted:
        _git("-C", folder, *options, "checkout", "--quiet", "HEAD", "--", *wanted)


def _files_of_units(folder: Path, units: Sequence[str]) -> dict[str, int]:
    """The files of units that there are, also under near names and one folder down."""
    names = [f"{unit}{ending}" for unit in units for ending in ENDINGS]
    prefixes = ["exercises/", ""]
    near, inner = [], []
    for prefix in prefixes:
        listed = _listed(folder, prefix)
        near += [path for path in listed if unit_of(path.removeprefix(prefix), units)]
        inner += [f"{path}/" for path in listed if not prefix and is_place(path)]
    prefixes += [f"{outer}{end}" for outer in inner[:MAX_FOLDERS] for end in ("exercises/", "")]
    exact = [f"{prefix}{name}" for prefix in prefixes for name in names]
    return _sizes(folder, [*exact, *near[: MAX_OTHERS * len(units)]])


def _listed(folder: Path, prefix: str) -> list[str]:
    """The paths in a folder of the newest commit, as far as these are few."""
    try:
        size = int(_git("-C", folder, "cat-file", "-s", f"HEAD:{prefix.rstrip('/')}"))
        if size > MAX_LISTED_BYTES:
            return []
        found = _git("-C", folder, "ls-tree", "-z", "--name-only", "HEAD", prefix or "./")
    except Failed:
        return []
    return [path for path in found.split("\0") if path and path.isprintable()]


def _modules_of(folder: Path, paths: Sequence[str]) -> list[str]:
    """Where the modules may lie that these files import and that are a student's own."""
    places: dict[str, None] = {}
    for path in paths:
        try:
            content = read(folder, path)
        except (Unreadable, OSError):
            continue
        parts = [content] if isinstance(content, str) else [cell.text for cell in content]
        names = (name for part in parts for name in imported(part))
        own = [name for name in names if name not in sys.stdlib_module_names and len(name) < 100]
        outer = path.rpartition("/")[0]
        around = dict.fromkeys(
            f"{outer}/" if outer else "" for outer in (outer, outer.rpartition("/")[0])
        )
        places |= dict.fromkeys(f"{prefix}{name}.py" for name in own for prefix in around)
    return list(places)


def _sizes(folder: Path, paths: Sequence[str]) -> dict[str, int]:
    """Those files that there are, with their sizes."""
    if not paths:
        return {}
    listed = _git("-C", folder, "ls-tree", "-z", "-l", "HEAD", "--", *paths)
    found = [entry.partition("\t") for entry in listed.split("\0") if entry]
    kinds = [(facts.split(), path) for facts, _, path in found]
    return {path: int(size) for (_, kind, _, size), path in kinds if kind == "blob"}


def _git(*arguments: str | Path) -> str:
    """git without the settings of whoever runs it, and without questions."""
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_LITERAL_PATHSPECS": "1",  # a file can be called *.py
        "GIT_ALLOW_PROTOCOL": SERVER.partition(":")[0],
    }
    environment, memory = os.environ | settings, GIT_MEBIBYTES << 20
    return run(["git", *arguments], CLONE_SECONDS, "not fetched", environment, memory=memory)


def gh(*arguments: str, text: str = "") -> str:
    """What `gh` answers; it may read `text`. Raises: Failed."""
    return run(["gh", *arguments], ASK_SECONDS, "GitHub refused", text=text)


def run(
    command: Sequence[str | Path],
    seconds: float,
    refusal: str,
    environment: Mapping[str, str] | None = None,
    text: str = "",
    memory: int | None = None,
) -> str:
    """What a program has written; after too long all that it has started is killed. Raises: Failed
    also if the program fails."""
    try:
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=None if memory is None else _bound(memory),
        ) as process:
            try:
                said, complained = process.communicate(text, timeout=seconds)
            except BaseException:  # it took too long, or we are being stopped
                os.killpg(process.pid, signal.SIGKILL)
                raise
    except subprocess.TimeoutExpired:
        raise Failed(f"{refusal}: no answer in {seconds:.0f} s") from None
    except FileNotFoundError:
        raise Failed(f"{command[0]} is not installed") from None
    except OSError as error:
        raise Failed(f"{refusal}: {error}") from None
    if process.returncode:
        raise Failed(refusal, complained)
    return said


def _bound(memory: int) -> Callable[[], None]:
    """Of a program that reads what a student has packed: its memory, and each file it writes."""
    import resource  # Windows has none, and gives feedback all the same

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_MEBIBYTES << 20, MAX_MEBIBYTES << 20))

    return bound
