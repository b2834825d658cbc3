"""What was previewed is what is written: all of it, once, or nothing."""

import pytest
from django.apps import apps

from declaration import jobs
from declaration.actions import RefusedError
from declaration.spreadsheets import UnreadableFileError
from signatories.actions.partner_imports import (
    KEPT,
    AlreadyConfirmedError,
    PreviewOutdatedError,
    read_list,
    retry_import,
)
from signatories.models import Event, ImportRow, Partner, PartnerImport, User
from signatories.resources import open_list
from signatories.tasks import read_partner_list
from signatories.verbs import Verb
from tests.factories import make_partner, make_user
from tests.signatories.importing import SIXTEEN, confirm, imported, preview, upload

pytestmark = pytest.mark.django_db

RENAME = b"name,kind,gss_code,website\nWest Essex,unitary,E07000067,https://west.example\n"
BRAINTREE = b"name,kind,gss_code\nBraintree,district,E07000067\n"


def counts(found: PartnerImport) -> tuple[int, int, int, int]:
    return found.new_count, found.changed_count, found.unchanged_count, found.refused_count


def test_reading_writes_no_partner(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    assert counts(found) == (16, 0, 0, 0)
    assert (found.state, found.uploaded_by) == (PartnerImport.State.DONE, administrator)
    assert (found.encoding, found.percent) == ("UTF-8", 100)
    assert found.rows.of_kind(ImportRow.Kind.NEW).count() == 16
    assert not Partner.objects.exists()
    assert Event.objects.get().verb == Verb.PARTNERS_UPLOADED


def test_what_is_no_partner_list_is_not_kept(administrator: User) -> None:
    with pytest.raises(UnreadableFileError, match="no column: kind"):
        upload(b"name,colour\nred,blue\n", administrator)
    assert not PartnerImport.objects.exists()
    assert not Event.objects.exists()


def test_what_is_no_table_further_down_is_trouble_in_words(administrator: User) -> None:
    """The reader looks at all of a CSV at once, but a list can be opened before it is known."""
    found = upload(SIXTEEN, administrator)
    broken = SIXTEEN + b'"Lost quote,other\n'
    PartnerImport.objects.filter(pk=found.pk).update(content=broken)
    read_partner_list(found.pk)
    found.refresh_from_db()
    assert found.state == PartnerImport.State.DONE
    assert "Look for a lost quote" in found.trouble
    assert counts(found) == (0, 0, 0, 0)
    assert not found.rows.exists()
    with pytest.raises(RefusedError, match="has not been read"):
        confirm(found, administrator)


def test_reading_twice_leaves_each_row_once(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    PartnerImport.objects.filter(pk=found.pk).update(state="queued")
    read_partner_list(found.pk)
    again = PartnerImport.objects.get(pk=found.pk)
    assert again.rows.count() == 16
    assert again.rows_sha256 == found.rows_sha256


def test_an_attempt_that_was_overtaken_writes_no_rows(administrator: User) -> None:
    found = upload(SIXTEEN, administrator)
    slow = jobs.claim(PartnerImport, found.pk)
    assert slow is not None
    PartnerImport.objects.filter(pk=found.pk).update(state="queued", lease_until=None)
    read_partner_list(found.pk)
    found.rows.all().delete()
    with pytest.raises(jobs.JobFailedError, match="Another attempt"):
        read_list(slow, open_=open_list)
    assert not found.rows.exists()


def test_confirming_writes_all_and_says_who(administrator: User) -> None:
    found = imported(SIXTEEN, administrator)
    assert Partner.objects.count() == 16
    assert (found.confirmed_by, found.undone_at) == (administrator, None)
    assert found.confirmed_at is not None
    braintree = Partner.objects.get(slug="braintree-district-council")
    assert (braintree.kind, braintree.gss_code) == ("district", "E07000067")
    event = Event.objects.about(found).get(verb=Verb.PARTNERS_IMPORTED)
    assert (event.by, event.note) == (administrator, "16 new, 0 changed")
    assert set(found.rows.values_list("partner", flat=True)) == set(
        Partner.objects.values_list("pk", flat=True)
    )


def test_the_history_names_who_imported(administrator: User) -> None:
    imported(BRAINTREE, administrator)
    partner = Partner.objects.get()
    row = partner.history.select_related("pgh_context").get()  # type: ignore[attr-defined]  # pghistory's relation
    assert row.pgh_context.metadata == {"by": administrator.pk, "action": "confirm_import"}


def test_importing_the_same_list_again_changes_nothing(administrator: User) -> None:
    imported(SIXTEEN, administrator)
    before = list(Partner.objects.order_by("pk").values())
    kept = apps.get_model("signatories.PartnerHistory").objects
    again = imported(SIXTEEN, administrator)
    assert counts(again) == (0, 0, 16, 0)
    assert list(Partner.objects.order_by("pk").values()) == before
    assert kept.count() == 16


def test_a_new_name_needs_its_own_tick_and_the_rest_is_written(administrator: User) -> None:
    imported(BRAINTREE, administrator)
    found = imported(RENAME, administrator)
    partner = Partner.objects.get()
    assert (partner.name, partner.kind) == ("Braintree", "unitary")
    assert partner.website == "https://west.example"
    asked = found.rows.get(needs_tick=True)
    assert [one["tick"] for one in asked.changes if one["column"] == "name"] == ["asked"]


def test_with_its_tick_the_name_changes_and_the_slug_does_not(administrator: User) -> None:
    imported(BRAINTREE, administrator)
    found = imported(RENAME, administrator, [(2, "name")])
    partner = Partner.objects.get()
    assert (partner.name, partner.slug) == ("West Essex", "braintree")
    given = found.rows.get(needs_tick=True)
    assert [one["tick"] for one in given.changes if one["column"] == "name"] == ["given"]


@pytest.mark.parametrize(
    ("ticks", "note"), [([], "0 new, 0 changed"), ([(2, "name")], "0 new, 1 changed")]
)
def test_the_timeline_counts_what_was_written(
    ticks: list[tuple[int, str]], note: str, administrator: User
) -> None:
    imported(BRAINTREE, administrator)
    partner = Partner.objects.get()
    renamed = f"name,kind,gss_code\nWest Essex,{partner.kind},{partner.gss_code}\n".encode()
    found = imported(renamed, administrator, ticks)
    assert Event.objects.about(found).get(verb=Verb.PARTNERS_IMPORTED).note == note


def test_a_tick_that_nobody_asked_for_stops_the_whole(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    with pytest.raises(PreviewOutdatedError):
        confirm(found, administrator, (2, "name"))
    assert not Partner.objects.exists()


def test_names_that_make_the_same_slug_get_different_ones(administrator: User) -> None:
    imported("name,kind\nFire & Rescue,fire\nFire Rescue,fire\n消防,fire\n".encode(), administrator)
    slugs = {"fire-rescue", "fire-rescue-2", "partner"}
    assert set(Partner.objects.values_list("slug", flat=True)) == slugs


def test_one_refused_row_and_nothing_can_be_confirmed(administrator: User) -> None:
    found = preview(SIXTEEN + b"Nowhere,parish,,,,,\n", administrator)
    assert counts(found) == (16, 0, 0, 1)
    bad = found.rows.get(kind=ImportRow.Kind.REFUSED)
    assert (bad.line, bad.problems[0][:2]) == (18, ["kind", "parish"])
    with pytest.raises(RefusedError, match="rows that are refused"):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_what_was_not_read_yet_is_not_confirmed(administrator: User) -> None:
    with pytest.raises(RefusedError, match="nothing to confirm yet"):
        confirm(upload(SIXTEEN, administrator), administrator)


def test_confirming_twice_is_refused(administrator: User) -> None:
    found = imported(SIXTEEN, administrator)
    with pytest.raises(AlreadyConfirmedError, match="Nothing was written twice"):
        confirm(found, administrator)
    assert Event.objects.filter(verb=Verb.PARTNERS_IMPORTED).count() == 1


def test_a_partner_that_changed_in_between_stops_the_whole(administrator: User) -> None:
    maldon = make_partner("Maldon District Council")
    found = preview(SIXTEEN, administrator)
    Partner.objects.filter(pk=maldon.pk).update(kind="unitary")
    with pytest.raises(PreviewOutdatedError, match="nothing was written"):
        confirm(found, administrator)
    assert Partner.objects.count() == 1
    found.refresh_from_db()
    assert found.confirmed_at is None


def test_a_partner_that_appeared_in_between_stops_the_whole(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    make_partner("Essex Police", kind="police")
    with pytest.raises(PreviewOutdatedError):
        confirm(found, administrator)
    assert Partner.objects.count() == 1


def test_a_change_that_the_file_does_not_touch_is_no_obstacle(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    make_partner("Somebody Else")
    confirm(found, administrator)
    assert Partner.objects.count() == 17


def test_a_file_that_is_not_the_one_previewed_is_refused(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    PartnerImport.objects.filter(pk=found.pk).update(content=SIXTEEN + b"\n")
    with pytest.raises(PreviewOutdatedError, match="not the one that was previewed"):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_a_row_that_the_database_refuses_stops_the_whole(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader knows the rules; when it misses one, the database does not."""
    found = preview(SIXTEEN, administrator)
    monkeypatch.setattr("signatories.resources.rows.Slugs.new", lambda self, name: "the-same")
    with pytest.raises(PreviewOutdatedError, match=r"database refused .* If that is refused again"):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_a_value_that_no_column_can_hold_is_refused_in_words(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = preview(SIXTEEN, administrator)
    monkeypatch.setattr("signatories.resources.rows.Slugs.new", lambda self, name: "x" * 201)
    with pytest.raises(PreviewOutdatedError, match="database refused"):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_of_one_person_the_ten_newest_unconfirmed_lists_are_kept(administrator: User) -> None:
    confirmed = imported(BRAINTREE, administrator)
    other = upload(SIXTEEN, make_user(office="administrator"))
    lists = [upload(SIXTEEN, administrator) for _ in range(KEPT + 2)]
    kept = set(PartnerImport.objects.values_list("pk", flat=True))
    assert kept == {confirmed.pk, other.pk, *(one.pk for one in lists[2:])}


def test_only_a_failed_reading_is_tried_again(administrator: User) -> None:
    found = upload(SIXTEEN, administrator)
    with pytest.raises(RefusedError, match="not waiting for another try"):
        retry_import(partner_import=found, by=administrator)
    PartnerImport.objects.filter(pk=found.pk).update(state="failed")
    retry_import(partner_import=found, by=administrator)
    read_partner_list(found.pk)
    found.refresh_from_db()
    assert found.new_count == 16


def test_a_long_name_of_a_file_is_cut(administrator: User) -> None:
    assert len(upload(SIXTEEN, administrator, "x" * 400 + ".csv").file_name) == 300
