"""What happens when a bottleneck becomes one with another: what hangs on it goes along, and the old code leads on.

Form and import both end here. The survey keeps what was measured under the code that was asked.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q, Subquery
from django.http import QueryDict
from django.utils.translation import gettext as _

from registry.models import Bottleneck, Decision, Initiative, Interaction, Link, SavedSearch, User
from registry.moderation.locks import lock
from registry.ownership import needs_owners_yes
from registry.proposals import staff_overrides

# What hangs on one bottleneck, or leads from one to another.
Row = TypeVar("Row", Link, Interaction)
NAMED = ("cases", "findings")


def lock_linked(codes: Iterable[str]) -> None:
    """Hold the initiatives that these bottlenecks are or were linked to: before a bottleneck is written."""
    linked = Link.objects.filter(bottleneck__in=codes).values_list("initiative", flat=True)
    before = Link.history.filter(bottleneck__in=codes).values_list("initiative", flat=True)
    lock(*linked, *before)


def follow(bottleneck: Bottleneck, was: str | None, *, by: User | None = None) -> tuple[int, int]:
    """Once a bottleneck is saved: how many links came back from the merge that it was in, and how many went along with
    the one that it is in now. ``was``: its status before, or None where that and what it was merged into are the same.
    """
    back = take_back(bottleneck, by=by) if was == Bottleneck.Status.MERGED else 0
    return back, lead_on(bottleneck, by=by)


@transaction.atomic
def lead_on(bottleneck: Bottleneck, *, by: User | None = None) -> int:
    """Give what hangs on a bottleneck that was merged to the one that it was merged into at last; how many links moved.

    What both have stays once. Does nothing for a bottleneck that is not merged, and nothing a second time.
    """
    survivor = bottleneck.survivor
    if survivor == bottleneck or survivor.status == Bottleneck.Status.MERGED:
        return 0
    lock_linked([bottleneck.pk])
    moved = _move_links(bottleneck, survivor, by)
    went = {name: _move_named(getattr(bottleneck, name), bottleneck, survivor) for name in NAMED}
    _move_interactions(bottleneck, survivor, by)
    went["followers"] = _move_followers(bottleneck, survivor)
    if any(went.values()):
        earlier = bottleneck.went_along or {}
        bottleneck.went_along = {name: earlier.get(name, []) + keys for name, keys in went.items()}
        Bottleneck.objects.filter(pk=bottleneck.pk).update(went_along=bottleneck.went_along)
    return moved


@transaction.atomic
def take_back(bottleneck: Bottleneck, *, by: User | None = None) -> int:
    """A merged bottleneck stands by itself again: what went along comes back, where nobody changed it since; how many
    links. Who followed both follows the one that was left."""
    lock_linked([bottleneck.pk])
    went, ends = bottleneck.went_along or {}, _ends(bottleneck)
    back = sum(_give_back(key, bottleneck, ends, by) for key in _taken(Link, bottleneck))
    for key in _taken(Interaction, bottleneck):
        _restore(Interaction, key, bottleneck, ends, by)
    for name in NAMED:
        had_both = dict(went.get(name, []))
        entries = getattr(bottleneck, name).model.objects.filter(pk__in=had_both, bottlenecks__in=ends)
        for entry in entries.distinct():
            entry.bottlenecks.add(bottleneck)
            if not had_both[entry.pk]:
                entry.bottlenecks.remove(*ends)
    _return_followers(bottleneck, went, ends)
    bottleneck.went_along = None
    Bottleneck.objects.filter(pk=bottleneck.pk).update(went_along=None)
    return back


def _mark(code: str, survivor_code: str = "") -> str:
    return f"{code} → {survivor_code}"


def _taken(model: type[Link] | type[Interaction], bottleneck: Bottleneck) -> list[int]:
    """The keys of what the last merge of this bottleneck moved or threw away."""
    began = bottleneck.history.filter(status=Bottleneck.Status.MERGED)
    before = bottleneck.history.exclude(status=Bottleneck.Status.MERGED).filter(
        history_date__lt=Subquery(began.order_by("-history_date").values("history_date")[:1])
    )
    last = before.order_by("-history_date").values_list("history_date", flat=True).first()
    records = model.history.filter(history_change_reason__startswith=_mark(bottleneck.code))
    records = records.filter(history_date__gte=last) if last else records
    return sorted(set(records.values_list("id", flat=True)))


def _before_merge(model: type[Link] | type[Interaction], key: int, bottleneck: Bottleneck) -> Any:
    """How the row was when it hung on the bottleneck last."""
    hung = (
        Q(bottleneck=bottleneck)
        if model is Link
        else Q(from_bottleneck=bottleneck) | Q(to_bottleneck=bottleneck)
    )
    versions = model.history.filter(hung, id=key).order_by("-history_date", "-history_id")
    return versions.first()


def _restore(
    model: type[Row], key: int, bottleneck: Bottleneck, ends: list[str], by: User | None
) -> Row | None:
    """The row where it hung before, with what was written in it since; or None when staff moved or removed it."""
    row, was = model.objects.filter(pk=key).first(), _before_merge(model, key, bottleneck)
    last = model.history.filter(id=key).order_by("-history_date", "-history_id").first()
    if row is None:
        if last is None or " → " not in (last.history_change_reason or ""):
            return None
        row = was.instance
        row._state.adding = True
    else:
        for name in ("bottleneck",) if model is Link else ("from_bottleneck", "to_bottleneck"):
            if getattr(was, f"{name}_id") == bottleneck.pk:
                if getattr(row, f"{name}_id") not in ends:
                    return None
                setattr(row, name, bottleneck)
    _save(row, by, _("%s staat weer op zichzelf") % bottleneck.code)
    return row


def _give_back(key: int, bottleneck: Bottleneck, ends: list[str], by: User | None) -> bool:
    was = _before_merge(Link, key, bottleneck)
    if was is None or not Initiative.objects.filter(pk=was.initiative_id).exists():
        return False
    equal = Link.objects.filter(initiative=was.initiative_id, bottleneck=bottleneck, role=was.role)
    if equal.exists():
        return False
    link = _restore(Link, key, bottleneck, ends, by)
    if link is None:
        return False
    what = _("Knelpunt %(old)s staat weer op zichzelf: de koppeling (%(role)s) staat weer daar.")
    _tell(link.initiative, what % {"old": bottleneck.code, "role": _role(link)}, by)
    return True


def _move_links(bottleneck: Bottleneck, survivor: Bottleneck, by: User | None) -> int:
    why, moved = _mark(bottleneck.code, survivor.code), 0
    held = set(survivor.links.values_list("initiative", "role"))
    for link in bottleneck.links.select_related("initiative").order_by("initiative", "role"):
        words = {"old": bottleneck.code, "new": survivor.code, "role": _role(link)}
        if (link.initiative_id, link.role) in held:
            link._history_user, link._change_reason = by, why
            link.delete()
            what = _(
                "Knelpunt %(old)s is samengevoegd met %(new)s: die koppeling (%(role)s) stond er al, dus die van %(old)s is weg."
            )
        else:
            link.bottleneck = survivor
            _save(link, by, why)
            moved += 1
            what = _(
                "Knelpunt %(old)s is samengevoegd met %(new)s: de koppeling (%(role)s) staat nu bij %(new)s."
            )
        _tell(link.initiative, what % words, by)
    return moved


def _role(link: Link) -> str:
    return link.get_role_display().lower()


def _tell(initiative: Initiative, what: str, by: User | None) -> None:
    """In the log; and where residents keep the page, by a letter too."""
    if needs_owners_yes(initiative, by):
        staff_overrides.of_rows(initiative, {str(_("koppelingen")): [what]}, by=by, reason=what)
        return
    Decision.objects.create(
        initiative=initiative, from_status=initiative.status, to_status=initiative.status, reason=what, by=by
    )


def _save(row: Link | Interaction, by: User | None, why: str) -> None:
    row._history_user, row._change_reason = by, why
    row.save()


def _move_named(entries: Any, bottleneck: Bottleneck, survivor: Bottleneck) -> list[tuple[int, bool]]:
    """[key, whether it named the other too] of what names the bottleneck."""
    went: list[tuple[int, bool]] = []
    for entry in entries.all():
        went.append((entry.pk, entry.bottlenecks.filter(pk=survivor.pk).exists()))
        entry.bottlenecks.remove(bottleneck)
        entry.bottlenecks.add(survivor)
    return went


def _ends(bottleneck: Bottleneck) -> list[str]:
    """The codes where what went along can be now: what it was merged into, and what that was merged into since."""
    merged = bottleneck.history.filter(status=Bottleneck.Status.MERGED)
    ends, following = (
        [],
        list(merged.values_list("merged_into", flat=True).distinct().order_by("merged_into")),
    )
    into = dict(Bottleneck.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    for code in following:
        while code and code not in ends and code != bottleneck.pk:
            ends.append(code)
            code = into.get(code)
    return ends


def _move_interactions(bottleneck: Bottleneck, survivor: Bottleneck, by: User | None) -> None:
    """One that would go from the bottleneck to itself, or stands there already, goes."""
    why = _mark(bottleneck.code, survivor.code)
    for interaction in Interaction.objects.filter(
        Q(from_bottleneck=bottleneck) | Q(to_bottleneck=bottleneck)
    ):
        for end in ("from_bottleneck", "to_bottleneck"):
            if getattr(interaction, f"{end}_id") == bottleneck.pk:
                setattr(interaction, end, survivor)
        is_circle = interaction.from_bottleneck_id == interaction.to_bottleneck_id
        ends = ("from_level", "from_bottleneck", "to_level", "to_bottleneck")
        equal = Interaction.objects.filter(**{end: getattr(interaction, end) for end in ends})
        if is_circle or equal.exclude(pk=interaction.pk).exists():
            interaction._history_user, interaction._change_reason = by, why
            interaction.delete()
        else:
            _save(interaction, by, why)


def _move_followers(bottleneck: Bottleneck, survivor: Bottleneck) -> list[tuple[int, bool]]:
    """Who follows the old code follows the new; who follows both, once. [key, whether both were asked] of each."""
    went: list[tuple[int, bool]] = []
    for search in SavedSearch.objects.filter(query__contains=bottleneck.code).order_by("pk"):
        query = _leading_on(search.query, bottleneck.code, survivor.code)
        if query == search.query:
            continue
        others = SavedSearch.objects.filter(email=search.email, query=query).exclude(pk=search.pk)
        if others.exclude(confirmed_at=None).exists() or len(query) > SavedSearch.MAX_QUERY:
            search.delete()
            continue
        others.delete()
        went.append((search.pk, survivor.code in QueryDict(search.query).getlist("knelpunt")))
        label = search.label.replace(str(bottleneck), str(survivor))[:200]
        SavedSearch.objects.filter(pk=search.pk).update(query=query, label=label)
    return went


def _return_followers(bottleneck: Bottleneck, went: Mapping[str, Any], ends: list[str]) -> None:
    for key, had_both in went.get("followers", []):
        search = SavedSearch.objects.filter(pk=key).first()
        followed = QueryDict(search.query).getlist("knelpunt") if search else []
        survivor_code = next((code for code in ends if code in followed), None)
        if search is None or survivor_code is None:
            continue
        query = _leading_on(
            search.query, survivor_code, bottleneck.code, *([survivor_code] if had_both else [])
        )
        if SavedSearch.objects.filter(email=search.email, query=query).exclude(pk=key).exists():
            continue
        label = search.label.replace(str(Bottleneck.objects.get(pk=survivor_code)), str(bottleneck))[:200]
        SavedSearch.objects.filter(pk=key).update(query=query, label=label)


def _leading_on(query: str, code: str, *replacements: str) -> str:
    """The same query string, in the order in which a filter writes it, with the others in the place of the one code."""
    parameters = QueryDict(query)
    if code not in parameters.getlist("knelpunt"):
        return query
    pairs = []
    for name in sorted(parameters):
        values = parameters.getlist(name)
        if name == "knelpunt":
            values = sorted({*(value for value in values if value != code), *replacements})
        pairs += [(name, value) for value in values]
    return urlencode(pairs)
