"""The texts of the letters: those that the site comes with, what staff made of them, and each version of before.

What is sent is what stands in the database, or the first text when that cannot go. Each change of a text leaves a
version, through whichever door it came; what SQL changed gets one before the next change.
"""

import json
import logging
from functools import cache
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from post_office.models import EmailTemplate

from registry.foundation.text import clean_text
from registry.mail.wording.kinds import KINDS
from registry.mail.wording.rules import subject_mistakes, text_mistakes
from registry.models import LetterVersion

logger = logging.getLogger(__name__)
FIRST_TEXTS = Path(__file__).parents[2] / "seed" / "brieven.json"


@cache
def first_texts():
    """Subject, text and occasion of each letter, as the site comes with them."""
    return {
        name: (first["onderwerp"], "\n".join(first["tekst"]), first["wanneer"])
        for name, first in json.loads(FIRST_TEXTS.read_text(encoding="utf-8")).items()
    }


def rows():
    """The text of each letter; where there are two of one, the first counts and the other does nothing."""
    all_of_them = EmailTemplate.objects.filter(name__in=KINDS, language="", default_template=None)
    before = all_of_them.filter(name=OuterRef("name"), pk__lt=OuterRef("pk"))
    return all_of_them.exclude(Exists(before))


def can_go(name, subject, text):
    return not (subject_mistakes(name, subject) or text_mistakes(name, text))


def text_of(name):
    """Subject and text that go out. A text that is gone, or cannot do its work, is not used: the first one is."""
    stored = rows().filter(name=name).values_list("subject", "content").first()
    if stored and can_go(name, *stored):
        return stored
    logger.warning("Letter %s cannot go as it stands; its first text is sent instead.", name)
    return first_texts()[name][:2]


def not_going():
    """The names of the letters of which the first text goes out because their own cannot, or is gone."""
    stored = {name: words for name, *words in rows().values_list("name", "subject", "content")}
    return {name for name in KINDS if name not in stored or not can_go(name, *stored[name])}


# Versions


def save(row, *, subject, text, by, what=LetterVersion.What.CHANGED):
    """Stores a version of the text; letters are made from it from now on."""
    row.subject, row.content = subject, text
    row.version_by, row.version_what = by, what
    row.save()


@transaction.atomic
def install(**kwargs):
    """Put the first text of each letter in the database. One that nobody edited goes along with what the site comes
    with; what staff made stays."""
    needed = {model._meta.db_table for model in (EmailTemplate, LetterVersion)}
    if not needed <= set(connection.introspection.table_names()):
        return
    put_back()
    newest = LetterVersion.objects.order_by().values("name").annotate(key=Max("pk")).values("key")
    untouched = {
        version.name: (version.subject, version.text)
        for version in LetterVersion.objects.filter(pk__in=newest, what=LetterVersion.What.FIRST)
    }
    for row in rows():
        subject, text, _occasion = first_texts()[row.name]
        stored = _cleaned(row.subject, row.content)
        if stored == untouched.get(row.name) != _cleaned(subject, text):
            save(row, subject=subject, text=text, by=None, what=LetterVersion.What.FIRST)


def put_back():
    """Give each letter that has no text its first one; which letters."""
    lacking = sorted(set(KINDS) - set(rows().values_list("name", flat=True)))
    for name in lacking:
        subject, text, occasion = first_texts()[name]
        save(
            EmailTemplate(name=name, description=occasion),
            subject=subject,
            text=text,
            by=None,
            what=LetterVersion.What.FIRST,
        )
    return lacking


def keep_stored(sender, instance, raw=False, **kwargs):
    """Before a text is saved: what SQL made of it is not lost."""
    stored = None if raw else EmailTemplate.objects.filter(pk=instance.pk).first()
    if stored:
        _keep(stored)


def keep_saved(sender, instance, raw=False, **kwargs):
    if not raw:
        what = getattr(instance, "version_what", LetterVersion.What.CHANGED)
        _keep(instance, what=what, by=getattr(instance, "version_by", None))


def _keep(row, *, what=LetterVersion.What.CHANGED, by=None):
    """A version, unless the newest one says the same; that the first text was chosen is said anew."""
    if row.name not in KINDS or row.language or row.default_template_id:
        return
    subject, text = _cleaned(row.subject, row.content)
    newest = LetterVersion.objects.filter(name=row.name).first()
    is_same = newest and (newest.subject, newest.text) == (subject, text)
    if not is_same or (what == LetterVersion.What.FIRST != newest.what):
        LetterVersion.objects.create(name=row.name, subject=subject, text=text, what=what, by=by)


def _cleaned(subject, text):
    return clean_text(subject, one_line=True)[:255], clean_text(text)
