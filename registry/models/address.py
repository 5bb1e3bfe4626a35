"""The part of the site's address that names one thing: in one spelling, and never one of the site's own words."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Words that stand where the address of a thing could stand.
RESERVED = frozenset({"aanmelden", "codeboek", "dekking", "feed", "gegevens"})


def refuse_reserved(slug):
    if slug.lower() in RESERVED:
        raise ValidationError(
            _("‘%(slug)s’ is al een adres van de site zelf. Kies een ander adres."),
            code="reserved",
            params={"slug": slug},
        )


class AddressField(models.SlugField):
    """A slug in lower case: what differs in case only is the same address."""

    default_validators = [*models.SlugField.default_validators, refuse_reserved]

    def to_python(self, value):
        value = super().to_python(value)
        return value.strip().lower() if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = value.lower()
            setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self):
        """For the database it is any other slug."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, kwargs


def public_rows(model):
    """What everybody may see of a noun, in its own word for it."""
    rows = model.objects.all()
    for word in ("published", "public"):
        if hasattr(rows, word):
            return getattr(rows, word)()
    return rows


def holding_rows(model):
    """The rows that hold on to each address under which they were public once."""
    has_status = any(field.name == "status" for field in model._meta.fields)
    return model._base_manager.all() if has_status else public_rows(model)


def former_addresses(model, slugs=None):
    """(slug, key) for each address under which a row was public once, the latest last; of ``slugs`` or of all."""
    records = model.history.order_by("history_date", "history_id")
    if slugs is not None:
        records = records.filter(slug__in=slugs)
    if any(field.name == "status" for field in model._meta.fields):
        records = records.filter(status="gepubliceerd")
    return records.values_list("slug", model._meta.pk.attname)


def current_address(model, slug):
    """The slug under which everybody can now see what was at ``slug`` once, or None."""
    spellings = {slug, slug.lower()}
    if slug != slug.lower() and public_rows(model).filter(slug=slug.lower()).exists():
        return slug.lower()
    for _slug, key in reversed(former_addresses(model, spellings)):
        entry = model._base_manager.filter(pk=key).first()
        if entry is None:
            continue
        entry = getattr(entry, "survivor", entry)
        if entry.slug != slug and public_rows(model).filter(pk=entry.pk).exists():
            return entry.slug
    return None
