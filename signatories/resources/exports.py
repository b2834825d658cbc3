"""Partner lists to take away: the columns of the import, so that each comes back unchanged."""

from collections.abc import Iterator, Sequence

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from declaration.exports import Value
from declaration.workbooks import Column, Page, write_workbook
from signatories.models import Invitation, Membership, Partner, User
from signatories.resources.cells import MAX_PEOPLE, LeadsWidget, Person
from signatories.resources.tables import COLUMNS

CHUNK = 1_000
LEADING = (Membership.Role.LEAD, Membership.Role.LEADER)
WIDTHS = {"name": 40, "website": 40, "email_domains": 40, "leads": 60}
# Two partners that there are not, to be looked at beside the empty list.
EXAMPLE = (
    (
        "Example District Council", "district", "E07999999", "https://www.council.example",
        "council.example", "2026-04-01", "",
        "Ada Lovelace <ada@council.example>; grace@council.example",
    ),
    ("Example Care Trust", "health", "", "", "trust.example nhs.example", "", "2028-03-31", ""),
)  # fmt: skip
SHEET = tuple(Column(column, WIDTHS.get(column, 16)) for column in COLUMNS)


def export_rows(partners: QuerySet[Partner]) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each partner in the order of COLUMNS, a thousand at a time.

    Leads are those whom an import would leave unchanged: members who lead and can sign in, and
    whoever was invited to and has not answered yet; of more than a cell may name, the first.
    """
    pks = list(partners.values_list("pk", flat=True))
    for place in range(0, len(pks), CHUNK):
        chunk = pks[place : place + CHUNK]
        found = Partner.objects.in_bulk(chunk)
        leads = _leads(chunk)
        # One that was deleted meanwhile is left out.
        yield from (_row(found[pk], leads.get(pk, {})) for pk in chunk if pk in found)


def _row(partner: Partner, leads: dict[str, Person]) -> tuple[Value, ...]:
    said: dict[str, Value] = {
        "name": partner.name,
        "kind": partner.kind,
        "gss_code": partner.gss_code,
        "website": partner.website,
        "email_domains": " ".join(partner.email_domains),
        "active_from": partner.active_from,
        "active_to": partner.active_to,
        "leads": LeadsWidget().render(list(leads.values())[:MAX_PEOPLE]),
    }
    return tuple(said[column] for column in COLUMNS)


def _leads(partners: Sequence[int]) -> dict[int, dict[str, Person]]:
    members = Membership.objects.current().filter(person__is_active=True)
    waiting = Invitation.objects.waiting().filter(expires_at__gt=timezone.now())
    closed = User.objects.annotate(key=Lower("email")).filter(is_active=False)
    invited = waiting.exclude(Exists(closed.filter(key=Lower(OuterRef("email")))))
    found: dict[int, dict[str, Person]] = {}
    for people in (
        members.annotate(address=F("person__email"), called=F("person__name")),
        invited.annotate(address=F("email"), called=F("name")),
    ):
        here = people.filter(partner__in=partners, role__in=LEADING).order_by("called", "address")
        for partner, address, called in here.values_list("partner_id", "address", "called"):
            email = address.lower()
            found.setdefault(partner, {}).setdefault(email, Person(email, called))
    return found


def template_workbook() -> bytes:
    """An empty list to fill in, and a second sheet with examples, which the import leaves out."""
    pages = [Page("Partners", SHEET, []), Page("Example", SHEET, EXAMPLE)]
    return write_workbook(pages, title="Partners")
