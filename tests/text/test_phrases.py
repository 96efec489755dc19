"""Words in one spelling, whoever typed them."""

import pytest

from wagtail_khalti.text.phrases import MAX_LENGTH, MAX_WORDS, phrase_of, phrases_of_name, phrases_of_text


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Sita Rai", "sita rai"),
        ("  SITA\u00a0 rai\n", "sita rai"),
        ("Straße ÉCOLE", "strasse école"),
        ("E\u0301cole", "école"),
        ("Ｓｉｔａ", "sita"),
        ("सीता शर्मा", "सीता शर्मा"),
        ("क्\u200dषेत्री", "क्षेत्री"),
        ("क़लम", "क़लम"),
        ("Bishnu K.C.", "bishnu kc"),
        ("O'Brien, Ram-Kumar", "obrien ram kumar"),
        ("वार्षिक सदस्यता २०८३", "वार्षिक सदस्यता 2083"),
        ("\u202eSita\u202c 💸", "sita"),
        ("%_'\";--", ""),
        ("", ""),
    ],
)
def test_a_phrase_is_written_in_one_way(text, phrase):
    assert phrase_of(text) == phrase


def test_a_name_begins_with_each_of_its_words():
    assert phrases_of_name("Sita Kumari Sharma") == {
        "sita kumari sharma",
        "kumari sharma sita",
        "sharma sita kumari",
        "sita sharma",
    }
    assert phrases_of_name("Sita") == {"sita"}
    assert phrases_of_name("—") == set()


def test_a_text_begins_with_each_of_its_words():
    assert phrases_of_text("Annual membership 2083") == {"annual membership 2083", "membership 2083", "2083"}


def test_what_is_very_long_is_cut():
    texts = phrases_of_text("word " * 1_000) | phrases_of_name("x" * 1_000)

    assert max(map(len, texts)) == MAX_LENGTH
    assert len(phrases_of_text(" ".join(map(str, range(1_000))))) == MAX_WORDS
