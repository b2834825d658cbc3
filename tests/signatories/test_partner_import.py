"""What was previewed is what is written: all of it, once, or nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from signatories.actions.partner_imports import (
    AlreadyConfirmedError,
    BadRowsError,
    PreviewOutdatedError,
    confirm_import,
    preview_import,
)
from signatories.models import Event, Partner, PartnerImport, User
from signatories.resources import read_partners
from signatories.verbs import Verb
from tests.factories import FIXTURES, make_partner

pytestmark = pytest.mark.django_db

SIXTEEN = (FIXTURES / "partners.csv").read_bytes()


def preview(content: bytes, by: User) -> PartnerImport:
    return preview_import(file_name="partners.csv", content=content, by=by, read=read_partners)


def confirm(partner_import: PartnerImport, by: User) -> PartnerImport:
    return confirm_import(partner_import=partner_import, by=by, read=read_partners)


def test_previewing_writes_no_partner(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    assert (found.new_count, found.changed_count, found.unchanged_count) == (16, 0, 0)
    assert found.uploaded_by == administrator
    assert not Partner.objects.exists()
    assert not Event.objects.exists()


def test_confirming_writes_all_and_says_who(administrator: User) -> None:
    found = confirm(preview(SIXTEEN, administrator), administrator)
    assert Partner.objects.count() == 16
    assert (found.state, found.confirmed_by) == ("confirmed", administrator)
    braintree = Partner.objects.get(slug="braintree-district-council")
    assert (braintree.kind, braintree.gss_code) == ("district", "E07000067")
    event = Event.objects.about(found).get()
    assert (event.verb, event.by) == (Verb.PARTNERS_IMPORTED, administrator)
    assert event.note == "16 new, 0 changed"


def test_importing_the_same_list_again_changes_nothing(administrator: User) -> None:
    confirm(preview(SIXTEEN, administrator), administrator)
    before = list(Partner.objects.order_by("pk").values())
    again = confirm(preview(SIXTEEN, administrator), administrator)
    assert again.unchanged_count == 16
    assert list(Partner.objects.order_by("pk").values()) == before


def test_a_slug_is_made_once_and_never_changes(administrator: User) -> None:
    first = preview(b"name,kind,gss_code\nBraintree,district,E07000067", administrator)
    confirm(first, administrator)
    renamed = preview(b"name,kind,gss_code\nWest Essex,unitary,E07000067", administrator)
    confirm(renamed, administrator)
    partner = Partner.objects.get()
    assert (partner.name, partner.slug) == ("West Essex", "braintree")


def test_names_that_make_the_same_slug_get_different_ones(administrator: User) -> None:
    rows = "name,kind\nFire & Rescue,fire\nFire Rescue,fire\n消防,fire\n"
    confirm(preview(rows.encode(), administrator), administrator)
    assert set(Partner.objects.values_list("slug", flat=True)) == {
        "fire-rescue",
        "fire-rescue-2",
        "partner",
    }


def test_one_bad_row_and_nothing_can_be_confirmed(administrator: User) -> None:
    with pytest.raises(BadRowsError) as caught:
        preview(SIXTEEN + b"Nowhere,parish,\n", administrator)
    assert [problem.line for problem in caught.value.preview.problems] == [18]
    assert not PartnerImport.objects.exists()


def test_confirming_twice_is_refused(administrator: User) -> None:
    found = preview(SIXTEEN, administrator)
    confirm(found, administrator)
    with pytest.raises(AlreadyConfirmedError, match="Nothing was written twice"):
        confirm(found, administrator)
    assert Event.objects.filter(verb=Verb.PARTNERS_IMPORTED).count() == 1


def test_a_partner_that_changed_in_between_stops_the_whole(administrator: User) -> None:
    maldon = make_partner("Maldon District Council")
    found = preview(SIXTEEN, administrator)
    Partner.objects.filter(pk=maldon.pk).update(website="https://maldon.example", kind="unitary")
    with pytest.raises(PreviewOutdatedError, match="nothing was written"):
        confirm(found, administrator)
    assert Partner.objects.count() == 1
    found.refresh_from_db()
    assert found.state == PartnerImport.State.PREVIEWED


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
    with pytest.raises(PreviewOutdatedError):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_a_row_that_the_database_refuses_stops_the_whole(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader knows the rules; when it misses one, the database does not."""
    found = preview(SIXTEEN, administrator)
    monkeypatch.setattr(
        "signatories.resources.PartnerLoader.new_slug", lambda self, name: "the-same"
    )
    with pytest.raises(PreviewOutdatedError, match="The database refused a row"):
        confirm(found, administrator)
    assert not Partner.objects.exists()


def test_the_upload_is_what_django_hands_over(administrator: User) -> None:
    upload = SimpleUploadedFile("x" * 400 + ".csv", SIXTEEN)
    found = preview_import(
        file_name=str(upload.name), content=upload.read(), by=administrator, read=read_partners
    )
    assert len(found.file_name) <= 300
