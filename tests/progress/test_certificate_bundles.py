"""All certificates of an edition in one ZIP, and the names of those that are not ready."""

import pytest
from django.utils import timezone

from commitments.models import Edition
from declaration import files, jobs
from progress import actions
from progress.models import Report
from progress.verbs import Verb
from signatories.models import Certificate, Event, Signature, User
from tests.factories import make_member, make_partner, make_signature
from tests.progress.bundling import contents, opened, step

pytestmark = pytest.mark.django_db
THE = "The certificate"


def sign(name: str, edition: Edition) -> Signature:
    partner = make_partner(name, slug=name.lower().replace(" ", "-"))
    return make_signature(partner, edition, make_member(partner, "leader", f"Leader of {name}"))


def make(signature: Signature) -> Certificate:
    """Have a worker make the certificate, with a file of a few bytes."""
    job = jobs.claim(Certificate, signature.certificate.pk)
    assert job is not None
    kept = files.keep(f"%PDF {signature.partner_name}".encode(), "certificates", ".pdf")
    assert jobs.finish(job, {"file": kept.name, "sha256": kept.sha256})
    return Certificate.objects.get(pk=job.pk)


def test_it_holds_those_that_are_ready_and_names_the_others(edition: Edition, staff: User) -> None:
    first, late, failed = (sign(name, edition) for name in ("A Council", "B Council", "C Council"))
    certificate = make(first)
    job = jobs.claim(Certificate, failed.certificate.pk)
    assert job is not None
    jobs.fail(job, "No fonts", final=True)
    bundle = actions.request_certificates(edition=edition, key="one", by=staff)
    assert step(bundle).step == "3 of 3 files are put together"
    made = step(bundle)
    assert made.state == Report.State.DONE
    name = f"essex-data-declaration-a-council-certificate-{certificate.number}.pdf"
    assert opened(made).namelist() == ["contents.csv", name]
    assert opened(made).read(name) == b"%PDF A Council"
    assert contents(made) == [
        ["A Council", name, certificate.sha256, "in this file", ""],
        ["B Council", "", "", "left out", f"{THE} was not ready when this file was put together."],
        ["C Council", "", "", "left out", f"{THE} could not be made: No fonts"],
    ]
    assert made.file_name == f"essex-data-declaration-{edition.slug}-certificates.zip"
    noted = Event.objects.about(made).get(verb=Verb.BUNDLE_MADE).note
    assert noted == f"Certificates of all signatories, {edition}"
    make(late)
    assert opened(made).namelist() == ["contents.csv", name]


def test_what_is_signed_or_withdrawn_later_changes_nothing_of_it(
    edition: Edition, staff: User
) -> None:
    kept, withdrawn = sign("A Council", edition), sign("B Council", edition)
    make(kept)
    make(withdrawn)
    bundle = actions.request_certificates(edition=edition, key="one", by=staff)
    make(sign("C Council", edition))
    withdraw(withdrawn, staff)
    step(bundle)
    made = step(bundle)
    assert [row[0] for row in contents(made)] == ["A Council", "B Council"]
    again = actions.request_certificates(edition=edition, key="two", by=staff)
    step(again)
    assert [row[0] for row in contents(step(again))] == ["A Council", "C Council"]


def withdraw(signature: Signature, by: User) -> None:
    Signature.objects.filter(pk=signature.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=by, withdrawal_reason="We left"
    )


def test_without_any_that_is_ready_it_fails_and_says_so(edition: Edition, staff: User) -> None:
    sign("A Council", edition)
    bundle = actions.request_certificates(edition=edition, key="one", by=staff)
    failed = step(bundle)
    assert failed.state == Report.State.FAILED
    assert "None of the files" in failed.error
