"""From five answers to an entry that waits for staff, and who keeps its page."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry import proofs
from registry.locking import lock, lock_one
from registry.mail import budget, letters
from registry.mail.blanks import Ours, quoted
from registry.mail.frame import contact
from registry.models import Delivery, Initiative, Link, Notice, Ownership, Proof, Status, User
from registry.models.address import RESERVED, former_addresses
from registry.models.mailbox import as_mailed
from registry.models.text import fold
from registry.moderation import NotAllowed, decide, submit

# In the history of an entry: that it came in through the site.
REGISTERED = "Aangemeld op de site"


def free_slug(name):
    """An address that nobody has: the name, with a number behind it when it is taken."""
    base = slugify(fold(name))[:70].strip("-") or "initiatief"
    taken = set(Initiative.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(former_addresses(Initiative).filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= RESERVED
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _save_with_free_slug(initiative, tries=5):
    """Somebody else can take the address between looking and saving."""
    for left in reversed(range(tries)):
        initiative.slug = free_slug(initiative.name)
        try:
            with transaction.atomic():
                return initiative.save()
        except IntegrityError:
            if not left:
                raise


def address(name, *args):
    """The full address of a page, for in a letter."""
    return f"{settings.SITE_URL}{reverse(f'registry:{name}', args=args)}"


def active_owners(initiative, *besides):
    """The addresses of who keeps the page, but for these people; in one order, whichever the page: two who write to the
    same people then wait for each other."""
    owners = initiative.ownerships.filter(user__is_active=True)
    owners = owners.exclude(user__in=[user.pk for user in besides if user is not None])
    return sorted(owners.values_list("user__email", flat=True))


def name_in_letter(initiative):
    """What an initiative is called in a letter to a mailbox that nobody proved: its own words only once staff
    have read them."""
    return initiative.name if initiative.status == Status.PUBLISHED else _("een initiatief")


@transaction.atomic
def register(fields, *, email, links=(), exchanges=()):
    """Keep what somebody sent in as a draft and mail a code; returns (initiative, token of the code page).

    ``links``: (bottleneck, role) pairs; ``exchanges``: unsaved Exchange objects. Nothing is public and
    nobody owns it until the mailbox is proven with confirm().
    """
    initiative = Initiative(contact_email=email, **fields)
    initiative._change_reason = REGISTERED
    _save_with_free_slug(initiative)
    for bottleneck, role in links:
        Link.objects.create(
            initiative=initiative, bottleneck=bottleneck, role=role, stated_by="Het initiatief zelf"
        )
    for exchange in exchanges:
        exchange.initiative = initiative
        exchange.save()
    return initiative, send_code(initiative, email)


@transaction.atomic
def send_code(initiative, email):
    """Mail the code that proves the mailbox of a registration; returns the proof."""
    proof, token, code = proofs.issue(Proof.Purpose.REGISTER, email, initiative=initiative)
    letters.send(
        "aanmelding-bevestigen",
        proof.email,
        initiatief=name_in_letter(initiative),
        code=f"{code[:4]} {code[4:]}",
        adres=address("proof", token),
    )
    return proof


def refusal_of(proof):
    """What the mail server said of the code that was mailed for this proof, when it did not take it; else None."""
    mailed = Delivery.objects.filter(email__to=proof.email, kind="aanmelding-bevestigen")
    last = mailed.filter(email__created__gte=proof.created_at).order_by("-pk").first()
    is_refused = last is not None and last.state in (Delivery.State.REFUSED, Delivery.State.BOUNCED)
    return last.said if is_refused else None


@transaction.atomic
def correct_address(proof, email):
    """Whoever registered typed an address that no server takes: mail the code to another. Returns the proof.

    Only for a registration that nobody confirmed; the address that was typed first is kept nowhere.
    """
    initiative = lock_one(proof.initiative_id)
    if initiative.status != Status.DRAFT or not proofs.revoke_one(proof):
        raise NotAllowed(_("Deze aanmelding is al bevestigd."))
    initiative.contact_email = email
    initiative.save()
    Initiative.history.filter(id=initiative.pk, contact_email=proof.email).update(contact_email=email)
    return send_code(initiative, email)


@transaction.atomic
def confirm(proof):
    """The mailbox is proven (the proof has been spent): an owner, and a place in the queue of staff."""
    initiative = proof.initiative
    user = make_owner(initiative, proof.email)
    if initiative.status != Status.DRAFT:
        raise NotAllowed("Deze aanmelding is al bevestigd.")
    submit(initiative, by=user)
    letters.send(
        "aanmelding-ontvangen",
        proof.email,
        initiatief=initiative.name,
        adres=address("my-initiative", initiative.slug),
    )
    return user


def make_owner(initiative, email):
    """Let the person behind this proven address keep the page; makes the account when there is none."""
    lock(initiative.pk)
    user = User.objects.filter(email=as_mailed(email)).first() or User.objects.create_user(email)
    if not user.is_active:
        raise NotAllowed("Dit account is uitgezet. Laat het ons weten als dat niet klopt.")
    # So that a change of address knows that this one is theirs, and writes to it.
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    _ownership, is_new = Ownership.objects.get_or_create(initiative=initiative, user=user)
    if is_new:
        _tell_others("eigenaar-erbij", initiative, user)
    # One yes is enough: another invitation would let them in again after they left.
    proofs.revoke(
        proofs.addresses_of(user),
        initiative=initiative,
        purposes=[Proof.Purpose.INVITE, Proof.Purpose.CLAIM, Proof.Purpose.REGISTER],
    )
    return user


@transaction.atomic
def invite(initiative, email, *, by):
    """Ask somebody to keep the page too; nothing changes before they say yes. Returns the proof.

    ``by`` is not named in the letter: what somebody calls themselves is their own words.
    """
    proof, token, _code = proofs.issue(Proof.Purpose.INVITE, email, initiative=initiative, subject=by.pk)
    letters.send(
        "uitnodiging",
        proof.email,
        initiatief=name_in_letter(initiative),
        wie=_("Een medewerker") if by.is_staff else _("Iemand die deze pagina beheert"),
        adres=address("proof", token),
    )
    return proof


@transaction.atomic
def hand_over(initiative, email):
    """Mail who says that a page is theirs a link that makes it so; returns the proof."""
    proof, token, _code = proofs.issue(Proof.Purpose.CLAIM, email, initiative=initiative)
    letters.send("overnemen-mag", proof.email, initiatief=initiative.name, adres=address("proof", token))
    return proof


def _tell_others(name, initiative, user, *besides, who=""):
    """That ``user`` came or went. Their address stands on the page of the owners too."""
    with budget.free():
        for email in active_owners(initiative, user, *besides):
            letters.send(
                name,
                email,
                initiatief=initiative.name,
                wie=who or user.email,
                adres=address("my-initiative", initiative.slug),
            )


@transaction.atomic
def leave(initiative, user, *, by=None, reason=""):
    """Take an owner away, with all that would let them in again; the last one cannot go unless staff say so, for
    nobody would be asked whether it is still true. Who is taken away by another hears of it, and where to object."""
    lock(initiative.pk)
    owners = Ownership.objects.select_for_update().filter(initiative=initiative)
    is_by_staff = by is not None and by != user and by.is_staff
    if by is not None and by != user and not is_by_staff:
        _refuse_after_merge(initiative)
    if not is_by_staff and not any(
        owner.user_id != user.pk and owner.user.is_active for owner in owners.select_related("user")
    ):
        raise NotAllowed("Er moet één eigenaar blijven. Nodig eerst iemand anders uit.")
    was_owner, _rows = owners.filter(user=user).delete()
    if was_owner:
        _tell_others("eigenaar-weg", initiative, user, by)
    proofs.revoke(proofs.addresses_of(user), initiative=initiative)
    proofs.revoke_invitations_by(user, initiative=initiative)
    if by is not None and by != user:
        # Whoever takes somebody away cannot keep this from them by first filling their mailbox.
        with budget.free():
            letters.send(
                "eigenaar-af",
                user.email,
                initiatief=initiative.name,
                wie=Ours(_("Een medewerker")) if is_by_staff else str(by),
                reden=reason,
            )


def _refuse_after_merge(initiative):
    """Who came to a page by a merge is not put out of it by who was there, as long as it can be taken back."""
    if merge := initiative.merges_in.open().first():
        raise NotAllowed(
            _(
                "Deze pagina is kortgeleden samengevoegd met een andere. Tot en met %(day)s kan alleen een medewerker "
                "een andere eigenaar weghalen of de pagina van de site halen. Schrijf naar %(contact)s."
            )
            % {"day": date_format(merge.until, "j F Y"), "contact": contact()}
        )


@transaction.atomic
def withdraw(initiative, *, by, reason=""):
    """Take the page off the site, as one of its owners; the others hear of it, with the reason as that owner's words."""
    lock(initiative.pk)
    if active_owners(initiative, by):
        _refuse_after_merge(initiative)
    decide(initiative, Status.WITHDRAWN, by=by, reason=reason or _("Ingetrokken door de eigenaar"))
    told = [_("Iemand die de pagina ook beheert, haalde die van de site."), quoted(reason)]
    with budget.free():
        for email in active_owners(initiative, by):
            letters.send(
                "besluit-ingetrokken",
                email,
                initiatief=initiative.name,
                reden="\n\n".join(filter(None, told)),
                verder=f"{_('Bekijk uw eigen pagina:')}\n{address('my-initiative', initiative.slug)}",
            )


def tell_gone(user):
    """That ``user`` keeps no page any more: to who keeps it too, without a name; a page that nobody is left of goes on
    the list of what waits for staff."""
    others = Ownership.objects.filter(initiative=OuterRef("pk"), user__is_active=True).exclude(user=user)
    kept = Initiative.objects.filter(ownerships__user=user)
    who = _("iemand van wie het account is verwijderd of uitgezet")
    for initiative in kept.exclude(status=Status.MERGED):
        _tell_others("eigenaar-weg", initiative, user, who=who)
    kept = kept.filter(~Exists(others))
    for initiative in kept.exclude(status__in=[Status.MERGED, Status.WITHDRAWN, Status.REJECTED]):
        Notice.objects.get_or_create(
            initiative=initiative,
            kind=Notice.Kind.REPORT,
            handled_at=None,
            text=_("Niemand beheert deze pagina nu: het account van de laatste eigenaar is weg."),
            defaults={"page": initiative.get_absolute_url()},
        )
