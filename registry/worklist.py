"""What waits for a member of staff, and what happened lately: the figures of the staff home."""

import heapq
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.mail import letters, troubles, unsubscribe
from registry.mail.wording import texts
from registry.models import (
    Bottleneck,
    Case,
    ChangeProposal,
    Decision,
    Delivery,
    Import,
    Initiative,
    JobRun,
    Link,
    MailTrouble,
    Notice,
    Organisation,
    PartnerKey,
    SearchMiss,
    Status,
    User,
)
from registry.models.person import WHOLE_PROVINCE
from registry.models.publication import OPEN

WAITING = [Status.SUBMITTED, Status.NEEDS_MORE]
# What an entry that is worked on still lacks, by the name that the list's filter uses for it.
GAPS = {
    "gemeente": (_("zonder gemeente"), Q(municipality__isnull=True, status__in=OPEN)),
    "kern": (_("zonder kern"), Q(place__isnull=True, status__in=OPEN)),
    "soort": (_("zonder soort"), Q(kind="", status__in=OPEN)),
    "samenvatting": (_("zonder samenvatting"), Q(Exact(Length("summary"), 0), status__in=OPEN)),
}
OF_TEXT = ("samenvatting",)
CHANGED = [Initiative, Case, Organisation, Bottleneck]
RECENT = 8


@dataclass(frozen=True)
class Item:
    """Something to do: how many, and the list (model and query) where they stand."""

    singular: str
    plural: str
    count: int
    model: str
    query: dict
    oldest_days: int | None = None
    is_urgent: bool = False  # somebody outside waits for it
    app: str = "registry"

    @property
    def label(self):
        return self.singular if self.count == 1 else self.plural


@dataclass(frozen=True)
class Change:
    what: str
    model: str
    pk: object
    kind: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Worklist:
    items: tuple[Item, ...]
    misses: tuple[SearchMiss, ...]
    imports: tuple[Import, ...]
    changes: tuple[Change, ...]


def for_user(user):
    """Only what ``user`` may see; always the same number of queries for the same role."""
    return Worklist(
        items=tuple(_items(user)),
        misses=tuple(SearchMiss.objects.all()[:5]) if user.has_perm("registry.view_searchmiss") else (),
        imports=(
            tuple(Import.objects.select_related("by")[:5]) if user.has_perm("registry.view_import") else ()
        ),
        changes=tuple(_changes(user)),
    )


def _named(queryset):
    return queryset.filter(status__in=OPEN).exclude(search_title="").order_by()


def namesakes(queryset):
    """Initiatives that share their name with another one in the same municipality."""
    return (
        _named(queryset)
        .annotate(same=Window(Count("pk"), partition_by=[F("search_title"), F("municipality")]))
        .filter(same__gt=1)
    )


def _number_of_namesakes(queryset):
    """How many ``namesakes`` there are, without looking which."""
    groups = _named(queryset).values("search_title", "municipality").annotate(number=Count("pk"))
    return groups.filter(number__gt=1).aggregate(Sum("number"))["number__sum"] or 0


def send_digests(day=None):
    """One letter a day at most to each member of staff for whom something waits; how many."""
    day = day or timezone.localdate()
    people = User.objects.filter(is_staff=True, is_active=True, wants_digest=True)
    people = people.exclude(email__in=troubles.dead())
    return sum(_send_digest(person, day) for person in people.exclude(digested_on=day))


@transaction.atomic
def _send_digest(person, day):
    if not User.objects.filter(pk=person.pk).exclude(digested_on=day).update(digested_on=day):
        return False
    waiting = [item for item in _items(person) if item.is_urgent and item.count]
    if not waiting:
        return False
    total = sum(item.count for item in waiting)
    letters.send(
        "wat-er-wacht",
        person.email,
        naam=str(person),
        aantal=total,
        wacht=ngettext("%d wacht", "%d wachten", total) % total,
        regels="\n".join(f"- {item.count} {item.label}" for item in waiting),
        adres=f"{settings.SITE_URL}{reverse('admin:index')}",
        **unsubscribe.way_out("wacht", person),
    )
    return True


def _want_no_digest(person):
    person.wants_digest = False
    person._change_reason = str(_("Geen dagelijks bericht meer"))
    person.save(update_fields=["wants_digest"])


unsubscribe.add(
    "wacht",
    find=lambda key: User.objects.filter(pk=key, wants_digest=True).first(),
    what=lambda person: _("wat er in het beheer op u wacht"),
    stop=_want_no_digest,
)


def _items(user):
    """What waits in each list that ``user`` may see, in the order of the staff home."""
    if user.has_perm("registry.view_initiative"):
        yield from _initiatives(user)
    yield from _proposals_and_messages(user)
    yield from _mail(user)
    yield from _operations(user)


def _initiatives(user):
    visible, links = Initiative.objects.visible_to(user), Link.objects.visible_to(user)
    # All of this stands in one index, which is read instead of the rows; only the texts do not.
    now = visible.aggregate(
        **{status.name: Count("pk", filter=Q(status=status)) for status in WAITING},
        **{name: Count("pk", filter=gap) for name, (_label, gap) in GAPS.items() if name not in OF_TEXT},
    )
    now |= {name: visible.filter(GAPS[name][1]).count() for name in OF_TEXT}
    oldest = _oldest_days(visible)
    yield Item(
        _("initiatief ingediend"),
        _("initiatieven ingediend"),
        now[Status.SUBMITTED.name],
        "initiative",
        {"status__exact": Status.SUBMITTED.value},
        oldest.get(Status.SUBMITTED),
        is_urgent=True,
    )
    yield Item(
        _("initiatief met gevraagde aanvulling"),
        _("initiatieven met gevraagde aanvulling"),
        now[Status.NEEDS_MORE.name],
        "initiative",
        {"status__exact": Status.NEEDS_MORE.value},
        oldest.get(Status.NEEDS_MORE),
    )
    yield Item(
        _("koppeling niet bevestigd"),
        _("koppelingen niet bevestigd"),
        links.unconfirmed().count(),
        "link",
        {"te-doen": "bevestigen"},
    )
    yield Item(
        _("koppeling met een knelpunt dat is vervallen"),
        _("koppelingen met een knelpunt dat is vervallen"),
        links.retired().count(),
        "link",
        {"te-doen": "vervallen"},
    )
    yield Item(
        # One by itself there is never.
        _("initiatief met dezelfde naam"),
        _("initiatieven met dezelfde naam"),
        _number_of_namesakes(visible),
        "initiative",
        {"mist": "dubbel"},
    )
    yield Item(
        _("initiatief niet bevestigd na een jaar"),
        _("initiatieven niet bevestigd na een jaar"),
        visible.unconfirmed().count(),
        "initiative",
        {"mist": "bevestiging"},
    )
    yield Item(
        _("initiatief zonder eigenaar die e-mail krijgt"),
        _("initiatieven zonder eigenaar die e-mail krijgt"),
        visible.unreachable().count(),
        "initiative",
        {"mist": "bereikbaar"},
    )
    for name, (label, _gap) in GAPS.items():
        yield Item(
            _("initiatief %s") % label,
            _("initiatieven %s") % label,
            now[name],
            "initiative",
            {"mist": name},
        )


def _proposals_and_messages(user):
    if user.has_perm("registry.view_changeproposal"):
        proposals = ChangeProposal.objects.visible_to(user).open()
        for waits in ChangeProposal.Waits:
            yield Item(
                _("wijziging, wacht op %s") % waits.label.lower(),
                _("wijzigingen, wachten op %s") % waits.label.lower(),
                proposals.filter(waits_for=waits).count(),
                "changeproposal",
                {"klaar": "nee", "waits_for__exact": waits.value},
                is_urgent=waits == ChangeProposal.Waits.STAFF,
            )
    if user.has_perm("registry.view_notice"):
        yield Item(
            _("bericht van een bezoeker"),
            _("berichten van bezoekers"),
            Notice.objects.visible_to(user).open().count(),
            "notice",
            {"klaar": "nee"},
            is_urgent=True,
        )
    if user.has_perm("registry.change_bottleneck"):
        candidate = Bottleneck.Status.CANDIDATE
        yield Item(
            _("knelpunt kandidaat"),
            _("knelpunten kandidaat"),
            Bottleneck.objects.filter(status=candidate).count(),
            "bottleneck",
            {"status__exact": candidate.value},
        )


def _mail(user):
    if user.has_perm("post_office.view_emailtemplate"):
        yield Item(
            _("brief die zo niet kan uitgaan: de eerste tekst gaat uit"),
            _("brieven die zo niet kunnen uitgaan: de eerste tekst gaat uit"),
            len(texts.not_going()),
            "emailtemplate",
            {"gaat-uit": "eerste-tekst"},
            is_urgent=True,
            app="post_office",
        )
    if user.has_perm("post_office.view_email"):
        yield Item(
            _("e-mail die nooit wegging"),
            _("e-mails die nooit weggingen"),
            Delivery.objects.unseen_failures().count(),
            "email",
            {"stand": "mislukt"},
            is_urgent=True,
            app="post_office",
        )
        yield Item(
            _("e-mail die te lang wacht"),
            _("e-mails die te lang wachten"),
            Delivery.objects.stuck().count(),
            "email",
            {"stand": "vast"},
            is_urgent=True,
            app="post_office",
        )
    if user.has_perm("registry.view_mailtrouble"):
        yield Item(
            _("e-mailadres waar e-mail niet aankomt"),
            _("e-mailadressen waar e-mail niet aankomt"),
            MailTrouble.objects.filter(is_dead=True).count(),
            "mailtrouble",
            {},
            is_urgent=True,
        )


def _operations(user):
    if user.has_perm("registry.view_jobrun"):
        yield Item(
            _("dagelijkse taak mislukt of blijven liggen"),
            _("dagelijkse taken mislukt of blijven liggen"),
            JobRun.objects.in_trouble().count(),
            "jobrun",
            {},
            is_urgent=True,
        )
    if user.has_perm("registry.change_partnerkey"):
        soon = timezone.localdate() + PartnerKey.SOON
        yield Item(
            _("sleutel van een partner die bijna verloopt"),
            _("sleutels van partners die bijna verlopen"),
            PartnerKey.objects.usable().filter(expires_on__lte=soon).count(),
            "partnerkey",
            {"stand": "bijna"},
            is_urgent=True,
        )


def _oldest_days(visible):
    """How long the oldest in each waiting status has stood there: since its last decision."""
    last = Decision.objects.filter(initiative=OuterRef("pk")).order_by("-decided_at")
    since = (
        visible.filter(status__in=WAITING)
        .annotate(since=Coalesce(Subquery(last.values("decided_at")[:1]), "created_at"))
        .order_by()
        .values_list("status")
        .annotate(Min("since"))
    )
    return {status: (timezone.now() - moment).days for status, moment in since}


def _changes(user):
    records_with_meta = []
    for model in CHANGED:
        if not user.has_perm(f"registry.view_{model._meta.model_name}"):
            continue
        records = model.history.select_related("history_user").order_by("-history_date")
        if hasattr(model.objects, "visible_to") and not user.has_perm(WHOLE_PROVINCE):
            records = records.filter(id__in=model.objects.visible_to(user).values("pk"))
        records_with_meta += [(record, model._meta) for record in records[:RECENT]]
    return [
        Change(
            what=_name(record),
            model=options.model_name,
            pk=getattr(record, options.pk.attname),
            kind=record.history_type,
            by=str(record.history_user or ""),
            at=record.history_date,
        )
        for record, options in heapq.nlargest(
            RECENT, records_with_meta, key=lambda pair: pair[0].history_date
        )
    ]


def _name(record):
    """From the record itself: str() of a bottleneck would look up its wording."""
    return " ".join(filter(None, (getattr(record, field, "") for field in ("code", "name", "title"))))
