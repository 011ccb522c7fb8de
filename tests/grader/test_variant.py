import pytest

from grader.errors import UsageError
from grader.variant import FILE, VARIABLE, read_secret, variant_seed


def test_the_seed_of_an_id_and_a_secret_never_changes():
    assert variant_seed("Ann", "abc") == variant_seed(" aNN\n", "\ufeffabc\r\n") == 891709865


def test_other_ids_and_other_secrets_give_other_seeds():
    seeds = {variant_seed(name, secret) for name in ("Ann", "Bob") for secret in ("abc", "abd")}
    assert len(seeds) == 4


@pytest.mark.parametrize(("variant", "secret"), [(" ", "abc"), ("Ann", "\n")])
def test_nothing_may_be_empty(variant, secret):
    with pytest.raises(UsageError):
        variant_seed(variant, secret)


def test_the_environment_comes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UsageError, match="needs a secret"):
        read_secret(tmp_path)
    (tmp_path / FILE).write_text("file")
    assert read_secret(tmp_path) == "file"
    monkeypatch.setenv(VARIABLE, "environment")
    assert read_secret(tmp_path) == "environment"
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(UsageError, match="is empty"):
        read_secret(tmp_path)
