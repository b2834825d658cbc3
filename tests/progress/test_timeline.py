"""The timeline of a partner and of an assessment: every event, who, when, in words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Assessment, Document, GoodPractice, Improvement, SupportRequest
from assessments.verbs import PRIVATE, Verb
from assessments.workflow import State
from commitments.models import Edition
from progress.models import Report
from signatories.models import Event, Membership, Partner, User
from signatories.verbs import Verb as PeopleVerb
from tests.assessment_factories import bring_to, make_round, save
from tests.factories import make_partner, make_signature
from tests.progress.past import make_past_round

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def note_event(assessment: Assessment, verb: str, by: User | None, **facts: object) -> Event:
    """An event of the assessment."""
    given = {
        "partner": assessment.partner,
        "subject_kind": "assessments.assessment",
        "subject_id": assessment.pk,
    } | facts
    return Event.objects.create(verb=verb, by=by, **given)


def entries(client: Client, address: str) -> list[str]:
    """Who did what, from the top of the page."""
    timeline = client.get(address).context["timeline"]
    return [f"{entry.who} {entry.what}" for day in timeline.days for entry in day.entries]


def test_the_whole_story_of_an_assessment_is_told_the_last_thing_first(
    assessment: Assessment, leader: User, staff: User, client_of: ClientOf
) -> None:
    bring_to(assessment, State.ACCEPTED, leader=leader, staff=staff)
    told = entries(client_of(leader), f"/assessments/{assessment.pk}/timeline/")
    story = [
        f"{staff} accepted the self-assessment",
        f"{leader} signed off the self-assessment",
        f"{leader} sent the self-assessment for sign-off",
        f"{leader} started the self-assessment",
        f"{staff} opened a round",
    ]
    assert [line for line in told if line in story] == story


def test_a_partners_timeline_has_events_of_every_app(
    edition: Edition, partner: Partner, assessment: Assessment, leader: User, client_of: ClientOf
) -> None:
    make_signature(partner, edition, leader)
    save(assessment.answers.in_order()[0], leader)
    told = entries(client_of(leader), f"/partners/{partner.slug}/timeline/")
    assert f"{leader} signed the Declaration" in told
    assert f"{leader} started the self-assessment" in told


def test_days_are_those_of_essex_and_nobody_is_the_portal(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    summer = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    note_event(assessment, "did it", None, at=summer, note="First\nsecond <b>")
    page = client_of(lead).get(f"/assessments/{assessment.pk}/timeline/").text
    assert "Tuesday 2 June 2026" in page
    assert ">00:30</time>" in page
    assert "The portal</span> did it" in page
    assert "First<br>second &lt;b&gt;" in page


@pytest.mark.parametrize("verb", sorted(PRIVATE))
def test_how_ecda_shares_its_work_is_for_reviewers_alone(
    verb: Verb,
    assessment: Assessment,
    lead: User,
    leader: User,
    contributor: User,
    staff: User,
    staff_member: User,
    administrator: User,
    client_of: ClientOf,
) -> None:
    note_event(assessment, verb.value, staff, note="CANARY")
    mine = f"/assessments/{assessment.pk}/timeline/"
    whole = f"/partners/{assessment.partner.slug}/timeline/"
    for person, addresses in (
        (contributor, [mine]),
        (lead, [mine, whole]),
        (leader, [mine, whole]),
        # Works for ecda, and belongs to the partner.
        (staff_member, [mine, whole]),
    ):
        for address in addresses:
            response = client_of(person).get(address)
            assert response.status_code == 200
            assert "CANARY" not in response.text
            assert verb.value not in response.text
    for person in (staff, administrator):
        for address in (mine, whole):
            assert "CANARY" in client_of(person).get(address).text


def test_other_partners_and_other_rounds_are_not_in_it(
    edition: Edition, assessment: Assessment, lead: User, staff: User, client_of: ClientOf
) -> None:
    other = make_partner("Maldon")
    theirs = Assessment.objects.create(partner=other, round=assessment.round)
    note_event(theirs, "CANARY", staff)
    Event.objects.create(partner=None, verb="CANARY", by=lead)
    Event.objects.create(
        partner=assessment.partner,
        subject_kind="assessments.assessment",
        subject_id=theirs.pk,
        verb="of another round",
        by=staff,
    )
    whole = client_of(lead).get(f"/partners/{assessment.partner.slug}/timeline/").text
    assert "CANARY" not in whole
    assert "of another round" in whole
    mine = client_of(lead).get(f"/assessments/{assessment.pk}/timeline/").text
    assert "CANARY" not in mine
    assert "of another round" not in mine


VERBS = (Verb.ROUND_CLOSED, Verb.RELEASED, Verb.ROUND_DATES_CHANGED, Verb.ROUND_PLANNED)
COUNTS = "7 of 16 accepted"


def note_round(assessment: Assessment, staff: User) -> None:
    """What ecda did with the round, as the actions note it: once for all, and for each partner."""
    of_round = {"subject_kind": "assessments.round", "subject_id": assessment.round_id}
    for verb in VERBS:
        note_event(assessment, verb.value, staff, partner=None, note=COUNTS, **of_round)
    for verb in (Verb.ROUND_CLOSED, Verb.ROUND_DATES_CHANGED):
        note_event(assessment, verb.value, staff, note="Yours")


@pytest.mark.parametrize("address", ["/assessments/{0.pk}/", "/partners/{0.partner.slug}/"])
def test_what_happens_to_the_round_is_told_once_and_its_planning_is_not(
    address: str,
    assessment: Assessment,
    lead: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    note_round(assessment, staff)
    for person in (lead, staff):
        told = entries(client_of(person), f"{address.format(assessment)}timeline/")
        of_round = [line for line in told for verb in VERBS if line == f"{staff} {verb.value}"]
        assert sorted(of_round) == sorted(f"{staff} {verb.value}" for verb in VERBS[:3])


@pytest.mark.parametrize("address", ["/assessments/{0.pk}/", "/partners/{0.partner.slug}/"])
def test_how_the_other_partners_stand_is_for_ecda_alone(
    address: str,
    assessment: Assessment,
    contributor: User,
    lead: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    note_round(assessment, staff)
    path = f"{address.format(assessment)}timeline/"
    assert COUNTS in client_of(staff).get(path).text
    for person in (lead, contributor):
        assert COUNTS not in client_of(person).get(path).text


def one_of_each(assessment: Assessment, lead: User) -> dict[str, tuple[Model, bool]]:
    """The address of everything that an event can be about, and whether it is the assessment's."""
    partner, answer = assessment.partner, assessment.answers.in_order()[0]
    of_partner: dict[str, Any] = {"partner": partner, "indicator": answer.indicator}
    in_round: dict[str, Any] = {"round": assessment.round, "requested_by": lead}
    document = Document.objects.create(
        key="d", kind="assessment", assessment=assessment, **in_round
    )
    report = Report.objects.create(key="r", partner=partner, **in_round)
    improvement = Improvement.objects.create(what="Do it", added_by=lead, **of_partner)
    wish = SupportRequest.objects.create(words="Help", asked_by=lead, **of_partner)
    practice = GoodPractice.objects.create(
        answer=answer, slug="well-done", title="A", body="B", offered_by=lead, **of_partner
    )
    home = f"/partners/{partner.slug}"
    signature = partner.signatures.get()
    return {
        f"/documents/{document.code}/": (document, True),
        f"/reports/{report.code}/": (report, True),
        f"/answers/{answer.pk}/": (answer, True),
        f"/good-practice/{practice.slug}/": (practice, True),
        f"/improvements/{improvement.pk}/": (improvement, False),
        f"/support/{wish.pk}/": (wish, False),
        f"{home}/members/": (Membership.objects.get(person=lead), False),
        f"{home}/signatures/{signature.pk}/": (signature.certificate, False),
    }


def test_each_line_links_to_what_it_happened_to(
    edition: Edition, assessment: Assessment, lead: User, leader: User, client_of: ClientOf
) -> None:
    make_signature(assessment.partner, edition, leader)
    pages = one_of_each(assessment, lead)
    for row, _ in pages.values():
        kind = row._meta.label_lower
        note_event(assessment, "did it", lead, subject_kind=kind, subject_id=row.pk)
    client = client_of(lead)
    whole = client.get(f"/partners/{assessment.partner.slug}/timeline/").text
    mine = client.get(f"/assessments/{assessment.pk}/timeline/").text
    for address, (_, is_its_own) in pages.items():
        assert f'href="{address}"' in whole
        assert client.get(address).status_code == 200, address
        assert (f'class="govuk-link" href="{address}"' in mine) == is_its_own, address


def test_pages_have_fifty_lines_and_one_that_is_not_there_is_the_nearest(
    assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    now = timezone.now()
    for number in range(120):
        note_event(assessment, f"did {number}", lead, at=now + timedelta(minutes=number))
    client, address = client_of(lead), f"/assessments/{assessment.pk}/timeline/"
    first = entries(client, address)
    assert len(first) == 50
    assert first[0] == f"{lead} did 119"
    assert entries(client, f"{address}?page=2")[0] == f"{lead} did 69"
    for asked in ("x", "-1", "999999999999999999999", "0"):
        assert client.get(f"{address}?page={asked}").status_code == 200


def test_an_empty_timeline_says_so(
    other_partner: Partner, staff: User, client_of: ClientOf
) -> None:
    page = client_of(staff).get(f"/partners/{other_partner.slug}/timeline/").text
    assert "Nothing has happened yet" in page


def test_who_may_read_them(
    assessment: Assessment,
    lead: User,
    leader: User,
    contributor: User,
    stranger: User,
    former: User,
    staff: User,
    client_of: ClientOf,
) -> None:
    whole = f"/partners/{assessment.partner.slug}/timeline/"
    mine = f"/assessments/{assessment.pk}/timeline/"
    expected = [(lead, 200, 200), (leader, 200, 200), (staff, 200, 200)]
    expected += [(contributor, 403, 200), (stranger, 404, 404), (former, 404, 404)]
    for person, of_partner, of_assessment in expected:
        client = client_of(person)
        assert client.get(whole).status_code == of_partner
        assert client.get(mine).status_code == of_assessment


def test_contributors_are_not_led_to_a_page_they_may_not_read(
    assessment: Assessment, contributor: User, lead: User, client_of: ClientOf
) -> None:
    address, whole = f"/assessments/{assessment.pk}/timeline/", 'timeline/"'
    link = f'href="/partners/{assessment.partner.slug}/{whole}'
    assert link in client_of(lead).get(address).text
    assert link not in client_of(contributor).get(address).text


@pytest.mark.parametrize("size", [3, 30])
def test_timelines_take_the_same_queries_for_any_number_of_lines(
    size: int, edition: Edition, assessment: Assessment, lead: User, client_of: ClientOf
) -> None:
    for number in range(size):
        note_event(assessment, PeopleVerb.SIGNED.value, lead, note=str(number))
        report = Report.objects.create(
            key=str(number),
            partner=assessment.partner,
            round=assessment.round,
            requested_by=lead,
        )
        note_event(assessment, "asked", lead, subject_kind="progress.report", subject_id=report.pk)
    client = client_of(lead)
    for address, expected in (
        (f"/partners/{assessment.partner.slug}/timeline/", 7),
        (f"/assessments/{assessment.pk}/timeline/", 5),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        assert len(found) == expected, address


def test_the_next_round_has_a_timeline_of_its_own(
    edition: Edition, partner: Partner, lead: User, staff: User, client_of: ClientOf
) -> None:
    before = make_past_round(edition, staff).assessments.get(partner=partner)
    note_event(before, "did it then", lead)
    later = make_round(edition, staff).assessments.get(partner=partner)
    told = entries(client_of(lead), f"/assessments/{later.pk}/timeline/")
    assert f"{staff} opened a round" in told
    assert f"{lead} did it then" not in told
