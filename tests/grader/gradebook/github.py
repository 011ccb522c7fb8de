"""A stand-in for GitHub: bare repositories in a folder, and a `gh` that knows of them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ..tiny_course import write_files

TOKEN = "token-of-the-teacher"
# Answers as `gh` does, from a folder: repos.json, and issues/REPOSITORY.json.
GH = f"""#!{sys.executable}
import json, os, pathlib, sys
state = pathlib.Path(os.environ["FAKE_GH"])
words = sys.argv[1:]
with open(state / "log", "a") as log:
    log.write(json.dumps(words) + "\\n")
def value(flag):
    return words[words.index(flag) + 1]
assert os.environ["GH_TOKEN"] == {TOKEN!r}
if words[:2] == ["repo", "list"]:
    print((state / "repos.json").read_text())
    sys.exit()
assert words[0] == "issue", words
name = value("--repo").partition("/")[2]
if name in json.loads((state / "closed.json").read_text()):
    sys.exit("issues are disabled")
file = state / "issues" / f"{{name}}.json"
issues = json.loads(file.read_text()) if file.exists() else []
if words[1] == "list":
    print(json.dumps([{{"number": i["number"], "title": i["title"]}} for i in issues]))
    sys.exit()
assert value("--body-file") == "-"
body = sys.stdin.read()
if words[1] == "create":
    issues.append({{"number": len(issues) + 1, "title": value("--title"), "body": body}})
elif words[1] == "edit":
    issues[int(words[2]) - 1]["body"] = body
file.write_text(json.dumps(issues))
"""


@dataclass
class GitHub:
    """One organisation, `org`, and its repositories with their sizes in KiB."""

    folder: Path
    listed: dict[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("bin", "gh/issues", "home", "served/org"):
            (self.folder / name).mkdir(parents=True)
        gh = self.folder / "bin" / "gh"
        gh.write_text(GH)
        gh.chmod(0o755)
        (self.folder / "gh" / "repos.json").write_text("[]")
        self.disable_issues()

    def announce(self, name: str, kibibytes: int | None = 1) -> None:
        """List a repository, which need not be there; that it is a template, if it is called so."""
        self.listed[name] = kibibytes
        listed = [
            {"name": name, "diskUsage": size, "isTemplate": name.endswith("template")}
            for name, size in self.listed.items()
        ]
        (self.folder / "gh" / "repos.json").write_text(json.dumps(listed))

    def disable_issues(self, *names: str) -> None:
        (self.folder / "gh" / "closed.json").write_text(json.dumps(names))

    def environment(self) -> dict[str, str]:
        """For a process that asks this GitHub, and no other."""
        return {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "FAKE_GH": str(self.folder / "gh"),
            "GH_TOKEN": TOKEN,
            "GITHUB_SERVER_URL": f"file://{self.folder}/served",
        }

    def repository(
        self,
        name: str,
        files: dict[str, str | bytes] | None = None,
        links: dict[str, Path] | None = None,
        kibibytes: int = 1,
        submodule: str | None = None,
    ) -> str:
        """Serve a repository; its newest commit."""
        bare = self.folder / "served" / "org" / f"{name}.git"
        self._git("init", "--quiet", "--bare", bare)
        self.announce(name, kibibytes)
        work = self.folder / f"work-{name}"
        self._git("clone", "--quiet", bare, work)
        write_files(work, files or {})
        for path, target in (links or {}).items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).symlink_to(target)
        if not files and not links:
            return ""
        self._git("add", "--all", "--force", cwd=work)
        if submodule is not None:
            entry = f"160000,{submodule},sub"
            self._git("update-index", "--add", "--cacheinfo", entry, cwd=work)
        self._git("commit", "--quiet", "--message", "work", cwd=work)
        self._git("push", "--quiet", "origin", "HEAD", cwd=work)
        return self._git("rev-parse", "HEAD", cwd=work)

    def tree_bomb(self, name: str, unit: str, text: str, levels: int = 9) -> None:
        """Serve a repository of a few KiB: `unit` beside ten to the power of `levels` files."""
        bare = self.folder / "served" / "org" / f"{name}.git"
        self._git("init", "--quiet", "--bare", bare)
        self.announce(name)
        blob = self._git("hash-object", "-w", "--stdin", cwd=bare, text=text)
        entries = [f"100644 blob {blob}\tf{n}" for n in range(10)]
        for _ in range(levels - 1):
            tree = self._git("mktree", cwd=bare, text="\n".join(entries) + "\n")
            entries = [f"040000 tree {tree}\td{n}" for n in range(10)]
        entries.append(f"100644 blob {blob}\t{unit}")
        tree = self._git("mktree", cwd=bare, text="\n".join(entries) + "\n")
        commit = self._git("commit-tree", "-m", "x", tree, cwd=bare)
        self._git("update-ref", "refs/heads/main", commit, cwd=bare)

    def issues(self, name: str) -> list[dict[str, str]]:
        file = self.folder / "gh" / "issues" / f"{name}.json"
        return list(json.loads(file.read_text())) if file.exists() else []

    @property
    def asked(self) -> list[list[str]]:
        """With what `gh` was called, each time."""
        log = self.folder / "gh" / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def _git(self, *arguments: object, cwd: Path | None = None, text: str = "") -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
        ours = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *identity, *map(str, arguments)],
            cwd=cwd,
            input=text,
            env=os.environ | ours,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
