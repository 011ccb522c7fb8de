import json

import pytest

from grader.course.folder import FILE, Folder, block_in, digest, read_folder, write_folder
from grader.errors import UsageError

LAID_OUT = Folder("Tiny", "1.0", {"a.b": digest("x")}, {"exercises/a.py": digest(b"x\n")})


def test_what_was_laid_out_is_read_as_it_was_written(tmp_path):
    moved = Folder("Tiny", "1.0", {"a.b": "0"}, {}, {"a.b": "c.d"})
    for folder in (LAID_OUT, moved):
        write_folder(tmp_path, folder)
        assert read_folder(tmp_path) == folder
    assert moved.name_of("a.b") == "c.d"
    assert LAID_OUT.name_of("a.b") == "a.b"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_digest_does_not_hang_on_how_lines_end():
    assert digest("a\r\nb\n") == digest(b"a\nb\n") != digest("a\nb")


def test_a_block_begins_with_what_stands_directly_above():
    text = (
        "import torch\n\n# about it\n@torch.no_grad()\ndef f():\n    pass\n\n\ndef g():\n    pass\n"
    )
    assert block_in(text, "f") == "# about it\n@torch.no_grad()\ndef f():\n    pass"
    assert block_in(text, "g") == "def g():\n    pass"
    assert block_in("# first\nf = 1\n", "f") == "# first\nf = 1"
    assert block_in(text, "h") is None


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("schema", 2, "newer"),
        ("files", {"../../elsewhere": "0"}, "no file of this folder"),
        ("files", {"/etc/passwd": "0"}, "no file of this folder"),
        ("files", {"C:\\x": "0"}, "no file of this folder"),
        ("files", [], "damaged"),
        ("exercises", {"a.b": 1}, "damaged"),
        ("exercises", None, "damaged"),
    ],
)
def test_a_mark_that_is_broken_is_refused(tmp_path, key, value, said):
    write_folder(tmp_path, LAID_OUT)
    path = tmp_path / FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(UsageError, match=said):
        read_folder(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, "\xff"])
def test_a_mark_that_is_no_mark_is_refused(tmp_path, text):
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="damaged"):
        read_folder(tmp_path)
