"""What was stored before text was cleaned at the door: cleaned, its addresses in lower case, its words found again."""

from django.db import IntegrityError, migrations, models, transaction

from registry.foundation.text import clean_text, name_key, normalise

# What no person wrote.
MACHINE = {
    "Proof",
    "PartnerKey",
    "WebhookSubscription",
    "WebhookDelivery",
    "Trace",
    "ContentStamp",
    "JobRun",
    "SavedSearch",
    "Export",
    "User",
}
DERIVED = {"search_title", "search_text", "name_key", "kvk_key", "word_key"}


def cleaned(field, text):
    if isinstance(field, models.SlugField):
        return text.lower()
    return clean_text(text, one_line=isinstance(field, models.CharField))


def clean(apps, schema_editor):
    for model in apps.get_app_config("registry").get_models():
        if model.__name__ in MACHINE or model.__name__.startswith("Historical"):
            continue
        fields = [
            field
            for field in model._meta.local_concrete_fields
            if isinstance(field, (models.CharField, models.TextField))
            and not isinstance(field, (models.EmailField, models.URLField))
            and not field.choices
            and not field.primary_key
            and field.name not in DERIVED
        ]
        if fields:
            clean_rows(model, fields)


def clean_rows(model, fields):
    for pk, *texts in model.objects.values_list("pk", *(field.name for field in fields)).iterator():
        changed = {
            field.name: new
            for field, text in zip(fields, texts, strict=True)
            if text and (new := cleaned(field, text)) != text and (new or field.blank)
        }
        if changed:
            store(model, pk, changed, {field.name: field for field in fields})


def store(model, pk, changed, fields):
    """Where two rows would be the same now, the second one gets a number."""
    for number in range(1, 100):
        values = {
            name: numbered(fields[name], text, number) if fields[name].unique else text
            for name, text in changed.items()
        }
        try:
            with transaction.atomic():
                model.objects.filter(pk=pk).update(**values)
            return
        except IntegrityError:
            continue


def numbered(field, text, number):
    if number == 1:
        return text
    end = f"-{number}" if isinstance(field, models.SlugField) else f" ({number})"
    return text[: field.max_length - len(end)] + end


def derive(apps, schema_editor):
    """A second organisation or term of the same name has no key: whoever saves it is told."""
    for name, key, source, key_of in (
        ("Organisation", "name_key", "name", name_key),
        ("Organisation", "kvk_key", "kvk_number", str),
        ("Term", "word_key", "word", name_key),
    ):
        model, taken = apps.get_model("registry", name), set()
        for pk, text in model.objects.order_by("pk").values_list("pk", source).iterator():
            value = key_of(text)
            if value and value not in taken:
                model.objects.filter(pk=pk).update(**{key: value})
                taken.add(value)
    model = apps.get_model("registry", "Initiative")
    for entry in model.objects.iterator():
        title = normalise(entry.name, entry.other_names)
        text = normalise(
            entry.summary, entry.description, entry.audience, entry.lessons, entry.accessibility, entry.languages
        )
        if (title, text) != (entry.search_title, entry.search_text):
            model.objects.filter(pk=entry.pk).update(search_title=title, search_text=text)


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_one_spelling")]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(derive, migrations.RunPython.noop, elidable=True),
    ]
