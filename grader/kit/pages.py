"""The pages of a kit, and of a learner's folder, that are the same for every course but for a few
words; and the contract, which is the course's own."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

import grader
from grader.course.model import Course
from grader.kit.archives import kept

KIT, LEARNER = "files", "learner"  # the folders of the pages, beside this file
CONTRACT = "docs/course.md"


def pages(words: Mapping[str, str], folder: str = KIT) -> dict[str, bytes]:
    """Every page by its path, with `$title` and the other `words` filled in.

    A stored name that begins with `dot-` begins with a dot in the kit: packaging passes over such
    names. Whatever else begins with a `$` is a variable of a workflow or a shell.
    """
    return {
        re.sub(r"(^|/)dot-", r"\1.", name): Template(page.decode()).safe_substitute(words).encode()
        for name, page in kept(Path(__file__).parent / folder)
    }


def words_of(course: Course) -> dict[str, str]:
    return {"title": course.title, "version": grader.__version__}


def contract(course: Course) -> dict[str, bytes]:
    """The page, if there is one, without the sections `## UNIT` of units that this part of the
    course omits."""
    if not (course.root / CONTRACT).is_file():
        return {}
    page = (course.root / CONTRACT).read_bytes().decode("utf-8")
    sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    omitted = {f"## {unit.name}" for unit in course.omitted}
    kept = (section for section in sections if section.partition("\n")[0].strip() not in omitted)
    return {CONTRACT: "".join(kept).encode()}
