"""An address for each row of a file that has none, made of its name."""

from dataclasses import replace

from django.utils.text import slugify

from registry.accounts.scope import numbered
from registry.foundation.text import fold
from registry.models.address import RESERVED, former_addresses


def with_addresses(resource, table):
    names = {field.attribute: field.column_name for field in resource.fields.values()}
    key, name = names["slug"], names[resource.named_after]
    if name not in table.headers:
        return table
    at = table.headers.index(name)
    place = table.headers.index(key) if key in table.headers else None
    addresses = [cells[place] if place is not None else "" for _number, cells in table.rows]
    if all(addresses):
        return table
    model = resource._meta.model
    taken = {*RESERVED} | {slug.lower() for slug in model._base_manager.values_list("slug", flat=True)}
    taken |= {slug.lower() for slug in addresses if slug}
    if hasattr(model, "history"):
        taken |= set(former_addresses(model).values_list("slug", flat=True))
    rows = []
    for (number, cells), slug in zip(table.rows, addresses, strict=True):
        slug = slug or _free(model, cells[at], taken)
        taken.add(slug)
        rows.append((number, (slug, *(cell for spot, cell in enumerate(cells) if spot != place))))
    headers = (key, *(header for header in table.headers if header != key))
    return replace(table, headers=headers, rows=tuple(rows))


def _free(model, name, taken):
    room = model._meta.get_field("slug").max_length - 10
    slug = slugify(fold(name))[:room].strip("-") or slugify(model._meta.verbose_name)
    return slug if slug not in taken else numbered(slug, taken.__contains__)
