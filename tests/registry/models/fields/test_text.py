import unicodedata

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.text import clean_text, name_key, normalise
from registry.models import Organisation
from registry.models.address import AddressField
from registry.models.fields.text import KeyField, LineField, ProseField
from tests import factories

# Text that no person writes, or that is kept to the letter because a published hash is made of it.
NOT_WRITTEN = {
    "registry.Everyday": {"key"},
    "registry.Posting": {"word"},
    "registry.Postcode": {"digits"},
    "registry.Initiative": {"search_title", "search_text"},
    "registry.Proof": {"subject", "token_hash", "code_hash"},
    "registry.PartnerKey": {"prefix", "digest"},
    "registry.WebhookSubscription": {"url", "stopped_because"},
    "registry.WebhookDelivery": {"payload", "last_error"},
    "registry.SavedSearch": {"query"},
    "registry.SentForm": {"digest", "led_to"},
    "registry.Delivery": {"kind", "token"},
    "registry.ImportTask": {"ticket", "sheet", "what", "file_name"},
    "survey.RoundAct": {"subject"},
    "registry.Export": {"query"},
    "registry.User": {"password"},
    "registry.MailTemplate": {"subject", "text"},
    "survey.Publication": {"data", "data_hash", "responses_hash", "questionnaire_version", "code_version"},
    "survey.AnswerDigests": {"part"},
    "survey.AccessCode": {"digest"},
    "survey.Round": {"kiosk_pin"},
    "survey.Response": {"language", "municipality", "role"},
    "survey.OpenAnswer": {"text", "quote"},
}


def models_of_the_house():
    for app in ("registry", "survey"):
        for model in apps.get_app_config(app).get_models():
            if not model.__name__.startswith("Historical"):
                yield model


def test_every_column_that_people_write_in_is_cleaned():
    loose = set()
    for model in models_of_the_house():
        for field in model._meta.local_concrete_fields:
            written = type(field) in (models.CharField, models.TextField) and not field.choices
            if written and field.name not in NOT_WRITTEN.get(model._meta.label, ()):
                loose.add(f"{model._meta.label}.{field.name}")
            if type(field) is models.SlugField and field.unique:
                loose.add(f"{model._meta.label}.{field.name}")
    assert loose == set()


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("Wijk\u200bkeuken", "Wijkkeuken"),
        ("ont\xadmoeting", "ontmoeting"),
        ("Cafe\u0301", "Café"),
        ("a\x0bb\x0cc\u2028d\r\ne\rf", "a\nb\nc\nd\ne\nf"),
        ("a\x1fb\0c", "a b c"),
        ("a\ufffeb\uffffc\ufdd0", "abc"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ufeff\ufeffhoi", "hoi"),
        ("👩\u200d💻 ❤️", "👩\u200d💻 ❤️"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200bx\u200d", "x"),
        ("\u3164", ""),
        ("\u0301", ""),
        ("\u200b", ""),
    ],
)
def test_what_nobody_sees_is_not_kept(given_text, kept):
    assert clean_text(given_text) == kept
    assert clean_text(given_text, one_line=True) == " ".join(kept.split())


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean_text(cleaned, one_line=True) == clean_text(text, one_line=True)
    cleaned.encode()
    assert "\0" not in cleaned


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd", "Zs", "Po"])))
def test_ordinary_text_is_kept_as_it_was_given(text):
    assert clean_text(text, one_line=True).split() == unicodedata.normalize("NFC", text).split()


@pytest.mark.parametrize(
    "text", ["Допомога сусідам", "مطبخ الحي", "हिन्दी", "中文", "Jørgen", "Łukasz", "Œuvre", "Đorđe"]
)
def test_a_name_in_any_script_has_words(text):
    assert normalise(text).split()
    assert name_key(text) != name_key("Iets anders")


@pytest.mark.parametrize(
    ("name", "words"),
    [("Jørgen", "jorgen"), ("Łukasz", "lukasz"), ("Işık", "isik"), ("ışık", "isik"), ("Œuvre", "oeuvre")],
)
def test_a_letter_with_a_stroke_is_found_without(name, words):
    assert normalise(name) == f" {words} "


def test_signs_without_a_word_are_like_nothing_else():
    assert normalise("🌻") == normalise("!!") == ""
    assert name_key("🌻") != name_key("🌷")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [m for m in models_of_the_house() if m._meta.label in {"registry.Organisation", "registry.Term"}]
)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café Één", "Cafe\u0301 E\u0301e\u0301n"),
        ("Stichting Samen", "stichting  samen"),
        ("A-B", "ab"),
        ("Сад", "сад"),
    ],
)
def test_two_spellings_are_one_name(model, one, other):
    column = "name" if hasattr(model, "name") else "word"
    model.objects.create(slug="een", **{column: one})
    second = model(slug="twee", **{column: other})
    with pytest.raises(Exception, match="bestaat al"):
        second.full_clean()


@pytest.mark.django_db
def test_what_is_saved_past_every_form_is_clean_too():
    entry = factories.initiative(
        "Buurt\u200bhuis\n\x0bNoord", slug="HOF", summary="\x0ba", description="a\r\nb"
    )
    assert (entry.name, entry.summary, entry.description, entry.slug) == (
        "Buurthuis Noord",
        "a",
        "a\nb",
        "hof",
    )
    entry.refresh_from_db()
    assert (entry.name, entry.slug) == ("Buurthuis Noord", "hof")


def test_each_kind_of_column_is_any_other_for_the_database():
    for field in (LineField(max_length=3), ProseField(), AddressField(), KeyField(of="name")):
        assert field.deconstruct()[1].startswith("django.db.models.")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ハハ会", "ババ会"), ("กุ", "กู"), ("เสื้อ", "เสือ"), ("क्षमा", "कषमा"), ("Буй", "Буи"), ("C++ club", "C club"), ("1+1", "11")],
)  # fmt: skip
def test_other_letters_and_signs_are_another_name(one, other):
    assert name_key(one) != name_key(other)
    assert name_key(one) == name_key(f" {one.upper()}")


def test_a_number_of_the_chamber_is_written_in_our_own_digits():
    with pytest.raises(ValidationError):
        Organisation(name="x", slug="x", kvk_number="８７６５４３２１").clean_fields()
