"""The one filter on initiatives: page, map, feed, export and API give the same rows for the same query."""

from decimal import Decimal
from urllib.parse import urlencode

import django_filters
from django.db.models import Case, DecimalField, F, IntegerField, Q, Value, When
from django.db.models.functions import Round
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from registry.filters.fields import Box, Several, bottleneck, level, municipality, offer, unknown, words
from registry.models import ContentStamp, Initiative, Link
from registry.search.neutral import in_order
from registry.search.options import LINK_FILTERS, choices, count, passing
from registry.search.postings import ranking
from registry.search.sets import Among, keys_where
from registry.search.understanding import understand

COLUMNS = {
    "gemeente": "municipality__in",
    "kern": "place__in",
    "soort": "kind__in",
    "activiteit": "activity__in",
}


class InitiativeFilter(django_filters.FilterSet):
    """Published initiatives that answer the query string, in the order in which to show them.

    Values of one filter add up, filters narrow each other; niveau, knelpunt and rol are about the same
    link. With a value that does not exist the form has errors and ``qs`` is empty.
    """

    zoek = words()
    gemeente = municipality()
    kern = Several(
        label=_("Kern of wijk"),
        **unknown(_("De kern ‘%(value)s’ bestaat niet. Kies een kern uit de lijst.")),
    )
    niveau = level()
    knelpunt = bottleneck()
    rol = django_filters.ChoiceFilter(
        label=_("Rol"),
        choices=Link.Role.choices,
        empty_label=_("Ervaart of pakt aan"),
        **unknown(_("De rol ‘%(value)s’ bestaat niet. Kies ‘ervaart’ of ‘pakt-aan’.")),
    )
    soort = Several(
        label=_("Soort"),
        choices=Initiative.Kind.choices,
        **unknown(_("De soort ‘%(value)s’ bestaat niet. Kies een soort uit de lijst.")),
    )
    activiteit = Several(
        label=_("Activiteit"),
        choices=Initiative.Activity.choices,
        **unknown(_("De activiteit ‘%(value)s’ bestaat niet. Kies een activiteit uit de lijst.")),
    )

    bbox = Box(label=_("Gebied op de kaart"), max_length=100)

    class Meta:
        model = Initiative
        fields = []

    def __init__(self, data=None, queryset=None, **kwargs):
        # Always bound: no query string is the same as an empty one.
        super().__init__(
            data or {}, Initiative.objects.published() if queryset is None else queryset, **kwargs
        )
        self.versions = ContentStamp.versions()
        self.choices = choices(self.versions)
        offer(self, self.choices)

    @property
    def errors(self):
        # Where nothing was asked nothing can be wrong: spare the making of the form.
        return self.form.errors if any(name in self.data for name in self.filters) else {}

    @cached_property
    def given(self):
        """The valid values that were given, by filter; a filter that was left empty is not in it."""
        if self.errors or not any(name in self.data for name in self.filters):
            return {}
        cleaned = self.form.cleaned_data
        return {name: value for name, value in cleaned.items() if value}

    @cached_property
    def search_query(self):
        """The search query as understood; falsy without one."""
        return understand(self.given.get("zoek", ""), self.versions)

    @cached_property
    def ranking(self):
        """How well which initiatives answer the search query."""
        return ranking(self.search_query, self.versions)

    @property
    def hits(self):
        """The keys of the initiatives that answer the search query, all of it or a part."""
        return self.ranking.keys

    @cached_property
    def passing(self):
        """The keys that pass all filters."""
        return passing(self)

    def keys_in_order(self, start, end):
        """The keys of what passes all filters, from one place to another in the order in which to show them."""
        if self.errors:
            return []
        tiers = [tier.keys for tier in self.ranking.tiers] if "zoek" in self.given else [self.passing]
        tiers = [tier & self.passing for tier in tiers] if len(self.given) > 1 else tiers
        return in_order(tiers, start, end, self.versions.content)

    @property
    def number_whole(self):
        """How many pass all filters and hold all of the search query."""
        return len(self.ranking.whole & self.passing) if "zoek" in self.given else 0

    def is_close(self, initiative):
        """Whether it holds a part of the search query, and not all of it."""
        return "zoek" in self.given and initiative.pk not in self.ranking.whole

    @cached_property
    def counts(self):
        return count(self)

    @cached_property
    def looked_up(self):
        """The keys that pass each filter that was given and that has no set of its own."""
        keys = {"zoek": self.hits} if "zoek" in self.given else {}
        if box := self.given.get("bbox"):
            keys["bbox"] = keys_where(f"box {box}", self.versions, lambda rows: rows.filter(_within(box)))
        return keys

    def filter_queryset(self, queryset):
        if self.errors:
            return queryset.none()
        narrowed = self.narrowed(queryset)
        if "zoek" not in self.given:
            return narrowed.in_neutral_order()
        tiers = [tier.keys & self.passing for tier in self.ranking.tiers]
        places = [When(Among(keys), then=place) for place, keys in enumerate(tiers) if keys]
        rank = Case(*places, default=len(tiers), output_field=IntegerField()) if places else Value(0)
        return narrowed.in_neutral_order(after=[rank])

    @property
    def whole(self):
        """The rows that pass all filters and hold all of the search query: for who is told of what is new."""
        return self.qs.filter(Among(self.ranking.whole)) if "zoek" in self.given else self.qs

    def narrowed(self, queryset):
        """The rows that pass all filters, in no order."""
        return queryset.filter(Among(self.passing) if "zoek" in self.given else self.where())

    def where(self):
        """The condition on initiatives of all filters but ``zoek``."""
        selected = dict(self.given)
        if "kern" in selected:
            selected["kern"] = [place.pk for place in self.choices.places if place.slug in selected["kern"]]
        condition = Q(**{column: selected[name] for name, column in COLUMNS.items() if name in selected})
        if "bbox" in selected:
            condition &= _within(selected["bbox"])
        if any(name in selected for name in LINK_FILTERS):
            links = Link.objects.filter(self.where_link())
            condition &= Q(pk__in=links.values("initiative"))
        return condition

    def where_link(self):
        """The condition on a link; one to a bottleneck that is not public never counts."""
        selected = self.given
        codes = [
            bottleneck.code
            for bottleneck in self.choices.bottlenecks
            if bottleneck.level in selected.get("niveau", [bottleneck.level])
            and bottleneck.code in selected.get("knelpunt", [bottleneck.code])
        ]
        condition = Q(bottleneck__in=codes)
        return condition & Q(role=selected["rol"]) if "rol" in selected else condition

    @property
    def query(self):
        """The query string that asks the same, in one fixed order; "" when nothing was chosen."""
        pairs = []
        for name, value in sorted(self.given.items()):
            pairs += [(name, choice) for choice in (sorted(value) if isinstance(value, list) else [value])]
        return urlencode(pairs)

    @property
    def label(self):
        """What was chosen, in words: for who follows it by e-mail."""
        words = [f"‘{self.given['zoek']}’"] if "zoek" in self.given else []
        return ", ".join([*words, *self._chosen()]) or _("alle initiatieven")

    @property
    def chosen(self):
        """The same without what was typed: for in a letter to who did not prove to have asked for it."""
        words = [str(_("uw zoekwoorden"))] if "zoek" in self.given else []
        return ", ".join([*words, *self._chosen()]) or _("alle initiatieven")

    def _chosen(self):
        words = []
        for name, value in self.given.items():
            if name == "bbox":
                words.append(str(_("in een deel van de kaart")))
            elif name != "zoek":
                labels = dict(self.form.fields[name].choices)
                words += [str(labels[choice]) for choice in (value if isinstance(value, list) else [value])]
        return words


def _within(box):
    """The point that the public knows lies in the box: of a shielded one the coarse point, so that nobody
    finds the exact one by asking for ever smaller boxes."""
    west, south, east, north = (float(number) for number in box.split(","))
    condition = Q()
    for column, low, high in (("longitude", west, east), ("latitude", south, north)):
        exact = Q(is_location_shielded=False, **{f"{column}__range": (low, high)})
        coarse = (
            Q(is_location_shielded=True)
            & Q(GreaterThanOrEqual(Round(F(column), 2), Value(Decimal(low), DecimalField())))
            & Q(LessThanOrEqual(Round(F(column), 2), Value(Decimal(high), DecimalField())))
        )
        condition &= exact | coarse
    return condition
