"""The site: `make site` makes it of the pages in this folder, which read well on GitHub, too."""

import re
import subprocess
import sys

from sphinx.application import Sphinx

import grader

SOURCE = "https://github.com/torchkata/torchkata"
LIST_OF_COMMANDS = re.compile(r"^\*\*Commands\*\*:\n\n(\* .*\n)+", re.MULTILINE)

project = "torchkata"
project_copyright = "the authors of torchkata, MIT licence"
version = release = grader.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
highlight_language = "none"  # of indented blocks: commands, mostly
smartquotes = False  # they make one dash of --help
default_role = "code"  # docstrings are written as Markdown is
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
add_module_names = False  # a page says from where its names are imported

html_theme = "furo"
html_title = "torchkata"
html_copy_source = False


def complete(_: Sphinx, page: str, source: list[str]) -> None:
    """Links to what lies beside the pages lead to GitHub; the page of commands is what --help says.

    That every link leads somewhere is tested: by tests/test_docs.py, and here between the pages.
    """
    source[0] = source[0].replace("](../README.md", "](index.md")
    source[0] = source[0].replace("](../", f"]({SOURCE}/blob/main/")
    if page == "commands":
        command = [sys.executable, "-m", "typer", "grader.cli.app", "utils", "docs"]
        said = subprocess.check_output([*command, "--name", "grade"], text=True)
        without_title = said.partition("\n")[2]
        source[0] += LIST_OF_COMMANDS.sub("", without_title)  # beside the page is a better one


def setup(app: Sphinx) -> None:
    app.connect("source-read", complete)
