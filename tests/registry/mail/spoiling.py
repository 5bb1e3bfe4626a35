"""Each way in which the text of a letter can be bad all the same: past the form, by SQL, or of before."""

from post_office.models import EmailTemplate


def _set(**fields):
    return lambda name: EmailTemplate.objects.filter(name=name).update(**fields)


def _gone(name):
    EmailTemplate.objects.filter(name=name).delete()


def _other_language_only(name):
    EmailTemplate.objects.filter(name=name).update(language="en")


def _twice(name):
    """A second row, which may be good, beside a first that is not."""
    EmailTemplate.objects.filter(name=name).update(content="{% debug %}")
    EmailTemplate.objects.bulk_create([EmailTemplate(name=name, subject="Kom", content="x")])


BAD = {
    "empty": _set(content=""),
    "without words": _set(content="Dag"),
    "command": _set(content="{% if reden %}{{ reden.x }}{% endif %}"),
    "one brace": _set(content="Dag { code } { adres }"),
    "other site": _set(content="https://evil.nl/ {{ adres }}"),
    "a book": _set(content="{{ adres }} " * 90_000),
    "signs": _set(content="\x01\x0b\u202e\ufffe{{"),
    "no subject": _set(subject=""),
    "two lines above": _set(subject="Een\r\nBcc: x@evil.nl"),
    "long subject": _set(subject="x" * 255),
    "secret above": _set(subject="{{ code }} {{ adres }} {{ stop }}"),
    "gone": _gone,
    "renamed": _set(name="iets-anders"),
    "other language": _other_language_only,
    "twice": _twice,
}
