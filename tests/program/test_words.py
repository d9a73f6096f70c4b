"""What a person is told, they are told in each language."""

import re
import tomllib

import pytest
from spoken import ROOT, spoken

WORDS = ROOT / "data" / "words"
CATALOGUES = sorted(WORDS.glob("*.toml"))


def catalogue(path):
    return tomllib.loads(path.read_text())


def unspoken():
    """What is no sentence of ours: cues in servers' errors, JSON, code."""
    return set((ROOT / "tests/program/unspoken.txt").read_text().replace("\\0", "\0").splitlines())


def is_known(phrase, known):
    ways = [phrase, "{}" + phrase, phrase + "{}", "{}" + phrase + "{}"]
    return any(way in known or way.strip() in known for way in ways) or any(
        f"{{}}{before}{phrase}{behind}" in known or f"{before}{phrase}{behind}" in known
        for before in ("", " ", "; ") for behind in ("", " ", "{}", " {}", "; {}"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_sentence_is_in_the_catalogue(path):
    known = catalogue(path).keys() | unspoken()
    assert {phrase: files for phrase, files in spoken().items() if not is_known(phrase, known)} == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_fields_of_its_sentence(path):
    """Words in backquotes become flags; others would be told as they are."""
    for phrase, other in catalogue(path).items():
        assert set(re.findall(r"`(\w+)`", other)) <= set(re.findall(r"`(\w+)`", phrase)), phrase


def test_there_is_a_catalogue():
    assert [path.stem for path in CATALOGUES] == ["ja"]
    assert len(catalogue(CATALOGUES[0])) > 600
