import hashlib
import hmac
import re

import polars as pl
import pytest

from etl import pseudonyms as module
from etl.errors import WorkspaceError
from etl.pseudonyms import forget, key_from, keyed, pseudonyms, reference, subkey

KEY = hashlib.sha256(b"a key for tests").digest()
OTHER = hashlib.sha256(b"another").digest()


def one(name: str, *, purpose="case", within="harbour", key=KEY) -> str:
    (made,) = pseudonyms([name], purpose=purpose, within=within, key=key)
    return made


def test_a_pseudonym_is_hmac_sha_256_under_the_key_of_its_purpose():
    own = hmac.new(KEY, b"case-audit|case", hashlib.sha256).digest()
    told = hmac.new(own, b"7|harbour|BH-1", hashlib.sha256).hexdigest()
    assert one("BH-1") == told[:32]


@pytest.mark.parametrize("most", [1_500_000, 2], ids=["all remembered", "two remembered"])
def test_a_column_gets_the_pseudonyms_of_its_names_however_often_it_names_them(
    monkeypatch, most
):
    monkeypatch.setattr(module, "_MOST_KNOWN", most)
    forget()
    columns = (["b", None, "a", "b"], [], ["c", "a", None], ["d", "b", "c", "e"])
    for names in columns:
        made, each = keyed(
            pl.Series(names, dtype=pl.String), purpose="case", within="harbour", key=KEY
        )
        told = [key and key.hex() for key in made]
        assert told == [name and one(name) for name in names]
        assert sorted(each) == sorted({name for name in names if name})


def test_a_column_of_people_has_theirs_in_hex():
    made, _ = keyed(pl.Series(["b", None, "b"]), purpose="person", within="harbour", key=KEY)
    told = one("b", purpose="person")
    assert made.to_list() == [told, None, told]


def test_it_depends_on_the_key_the_source_the_purpose_and_the_name():
    made = {
        one("A"),
        one("B"),
        one("A", key=OTHER),
        one("A", within="beacon"),
        one("A", purpose="person"),
    }
    assert len(made) == 5


def test_no_number_can_be_written_that_passes_for_another_sources():
    assert one("b|1", within="a") != one("1", within="a|b")


def test_the_key_of_one_purpose_tells_nothing_of_another():
    purposes = ("case", "person", "reference", "ledger")
    assert len({subkey(KEY, purpose) for purpose in purposes}) == 4


def test_a_reference_is_short_and_has_no_letter_that_is_read_as_another():
    codes = [reference(one(str(n)), audience="committee", key=KEY) for n in range(500)]
    assert len(set(codes)) == 500
    assert all(
        re.fullmatch(r"C(-[0-9A-HJKMNP-TV-Z]{4}){2}-[0-9A-HJKMNP-TV-Z]{2}", c) for c in codes
    )


def test_two_audiences_see_two_references_of_one_case():
    seen = {reference(one("A"), audience=who, key=KEY) for who in ("committee", "board")}
    assert len(seen) == 2


def test_a_person_is_not_taken_for_a_case():
    person = reference(one("A"), audience="board", key=KEY, of="person")
    assert person.startswith("P-")
    assert person[1:] != reference(one("A"), audience="board", key=KEY)[1:]


@pytest.mark.parametrize(
    "text",
    [
        "00" * 32,
        "5a" * 32,
        "0123456789abcdef" * 4,
        bytes(range(32)).hex(),
        bytes(range(64)).hex(),
        (b"secret" * 6).hex(),
    ],
)
def test_a_key_that_anybody_could_guess_is_refused_without_showing_it(text):
    with pytest.raises(WorkspaceError, match="not random") as caught:
        key_from(text, name="secret.key")
    assert text not in str(caught.value)


def test_a_random_key_is_taken():
    assert key_from(KEY.hex() + "\n", name="secret.key") == KEY


def test_pseudonyms_are_those_of_the_standard_library_s_hmac():
    names = ["", "HB-1", "é" * 200, "x" * 55, "y" * 64]
    own = subkey(KEY, "case")
    expected = [
        hmac.digest(own, f"6|harbor|{name}".encode(), "sha256").hex()[:32] for name in names
    ]
    assert pseudonyms(names, purpose="case", within="harbor", key=KEY) == expected
