"""Where the seed of a run comes from: --seed, or --variant and the secret of the course.

Without either it follows from the work (`Submission.digest`), or in a kit from its tapes.
"""

import hashlib
import os
from pathlib import Path
from unicodedata import normalize

from grader.course.model import Course
from grader.errors import UsageError

VARIABLE = "TORCHKATA_SECRET"
FILE = ".torchkata-secret"
MAKE = 'python -c "import secrets; print(secrets.token_hex(16))"'


def seed_asked_for(course: Course, seed: int | None, variant: str | None) -> int | None:
    """None if nobody asks for one. Raises: UsageError."""
    if course.is_kit and (variant is not None or seed is not None):
        raise UsageError(
            "the tests of a kit have inputs of their own: leave out --seed and --variant"
        )
    if variant is None:
        return seed
    if seed is not None:
        raise UsageError("--seed and --variant both choose the seed: give only one of them")
    return variant_seed(variant, read_secret(course.home))


def variant_seed(variant: str, secret: str) -> int:
    """32 bits that follow from both alone; upper or lower case and outer spaces do not matter.

    Raises: UsageError if either is empty.
    """
    identity = normalize("NFC", normalize("NFC", variant).strip().casefold())
    if not identity:
        raise UsageError("--variant needs a name or number that identifies this learner")
    key = _bare(secret).encode("utf-8", "surrogatepass")
    if not key:
        raise UsageError(f"the secret of the course is empty: make one with {MAKE}")
    if len(key) > hashlib.blake2b.MAX_KEY_SIZE:
        key = hashlib.blake2b(key).digest()
    digest = hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=4, key=key)
    return int.from_bytes(digest.digest(), "big")


def has_secret(root: Path) -> bool:
    """Is there one, where nobody has asked for a variant? One that is set but empty is none: so an
    automatic run hands over a secret that it lacks."""
    if VARIABLE in os.environ:
        return bool(os.environ[VARIABLE].strip())
    return (root / FILE).is_file()


def read_secret(root: Path) -> str:
    """The secret in the environment, or else in the file in the home of the course.

    Raises: UsageError if there is none, or none that can be read.
    """
    # Set but empty is how CI hands over a secret that it lacks: no reason to look elsewhere.
    secret, source = os.environ.get(VARIABLE), VARIABLE
    if secret is None:
        path = root / FILE
        source = str(path)
        try:
            secret = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UsageError(
                "--variant needs a secret, or else learners could work out their own seeds: "
                f"put what this prints into {VARIABLE} or {path}: {MAKE}"
            ) from None
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"{path} is not UTF-8 text: save it with that encoding") from None
    if not _bare(secret):
        raise UsageError(f"{source} is empty: put into it what this prints: {MAKE}")
    return secret


def _bare(secret: str) -> str:
    """Without what an editor or a shell puts around it."""
    return secret.removeprefix("\ufeff").strip()
