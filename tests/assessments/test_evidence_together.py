"""Two people change one link or file at the same time: merged where it can be, else asked."""

from collections.abc import Callable

import pytest
from django.test import Client

from assessments.actions.evidence import Link
from assessments.dashboards import stamp
from assessments.models import Answer, Assessment, Evidence, EvidenceFile
from signatories.models import User
from tests.assessment_factories import save
from tests.assessments.posting import fields_in, text_of
from tests.assessments.test_evidence_detail import again, path_of, typed
from tests.assessments.uploading import TEXT, add_file, detail_path, on_disk, upload

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


@pytest.fixture
def file(answer: Answer, lead: User) -> EvidenceFile:
    """A file behind it."""
    return add_file(answer, lead)


@pytest.fixture
def link(answer: Answer, lead: User) -> Evidence:
    """A link behind it."""
    save(answer, lead, links=(Link("Our plan", "https://a.example/plan"),))
    return answer.evidence.get(title="Our plan")


def names(file: EvidenceFile) -> list[str]:
    return list(file.evidence.files.order_by("number").values_list("name", flat=True))


def test_fields_that_only_one_side_changed_are_merged_silently(
    link: Evidence, lead: User, contributor: User, client_of: ClientOf
) -> None:
    mine = typed(link, title="My title")
    when = {"date-day": "1", "date-month": "3", "date-year": "2025"}
    client_of(lead).post(path_of(link), typed(link, note="An hour’s work", public="on") | when)
    response = client_of(contributor).post(path_of(link), mine, follow=True)
    page = text_of(response)
    found = again(link)
    assert (found.title, found.note, found.public) == ("My title", "An hour’s work", True)
    assert str(found.dated_on) == "2025-03-01"
    assert "What a colleague changed meanwhile is kept too: When it was published, Note" in page


def test_what_both_changed_is_asked_and_the_rest_is_not_lost_by_saving_again(
    link: Evidence, lead: User, contributor: User, client_of: ClientOf
) -> None:
    mine = typed(link, title="My title", note="My note")
    theirs = typed(link, title="Their title", url="https://b.example/")
    client_of(lead).post(path_of(link), theirs)
    own = client_of(contributor)
    response = own.post(path_of(link), mine)
    page = text_of(response)
    assert response.status_code == 409
    assert "Somebody else changed this to “Their title”. Save again to keep yours" in page
    assert 'value="My title"' in page
    assert again(link).title == "Their title"
    again_sent = fields_in(response, "evidence-form")
    assert again_sent["url"] == ["https://b.example/"]
    assert own.post(path_of(link), again_sent).status_code == 302
    found = again(link)
    assert (found.title, found.url, found.note) == ("My title", "https://b.example/", "My note")


def test_what_the_other_emptied_is_asked_too(
    link: Evidence, lead: User, contributor: User, client_of: ClientOf
) -> None:
    own = client_of(contributor)
    own.post(path_of(link), typed(link, note="First"))
    mine = typed(again(link), note="Second")
    client_of(lead).post(path_of(link), typed(again(link), note=""))
    response = own.post(path_of(link), mine)
    assert response.status_code == 409
    assert "Somebody else emptied this while you were writing" in text_of(response)
    assert again(link).note == ""


def test_a_replacement_of_a_replacement_is_asked_about_and_not_written(
    file: EvidenceFile, lead: User, contributor: User, client_of: ClientOf
) -> None:
    mine = typed(file.evidence, note="Mine", file=upload("b.txt", b"from B"))
    path = detail_path(file)
    client_of(lead).post(path, typed(file.evidence, file=upload("a.txt", b"from A")))
    own = client_of(contributor)
    response = own.post(path, mine)
    page = text_of(response)
    assert response.status_code == 409
    assert "Somebody else replaced this file while you were writing, by “a.txt”" in page
    assert 'value="Mine"' in page
    assert names(file) == ["plan.pdf", "a.txt"]
    assert len(on_disk()) == 2
    assert again(file.evidence).note == ""
    # From that page it is in its place, knowingly.
    sent = fields_in(response, "evidence-form") | {"file": upload("b.txt", b"from B")}
    assert own.post(path, sent).status_code == 302
    assert (names(file)[-1], again(file.evidence).note) == ("b.txt", "Mine")


def test_so_it_is_when_something_else_is_wrong(
    file: EvidenceFile, lead: User, contributor: User, client_of: ClientOf
) -> None:
    mine = typed(file.evidence, title="", file=upload("b.txt", b"from B"))
    path = detail_path(file)
    client_of(lead).post(path, typed(file.evidence, file=upload("a.txt", b"from A")))
    response = client_of(contributor).post(path, mine)
    assert response.status_code == 409
    assert "Somebody else replaced this file" in text_of(response)
    assert "Enter a name" in text_of(response)
    assert names(file) == ["plan.pdf", "a.txt"]


def test_words_of_one_and_the_file_of_another_go_together(
    file: EvidenceFile, lead: User, contributor: User, client_of: ClientOf
) -> None:
    words = typed(file.evidence, note="Mine")
    sent = typed(file.evidence, file=upload("a.txt", TEXT))
    assert client_of(lead).post(detail_path(file), sent).status_code == 302
    assert client_of(contributor).post(detail_path(file), words).status_code == 302
    assert (again(file.evidence).note, names(file)) == ("Mine", ["plan.pdf", "a.txt"])


@pytest.mark.parametrize("seen", ["", "bogus", "bogus.1", "1.x"])
def test_with_a_stamp_that_never_was_nothing_is_written(
    seen: str, file: EvidenceFile, contributor: User, client_of: ClientOf
) -> None:
    sent = typed(file.evidence, title="Other", file=upload("c.txt", TEXT)) | {"seen": seen}
    response = client_of(contributor).post(detail_path(file), sent)
    assert response.status_code == 409
    assert (names(file), again(file.evidence).title) == (["plan.pdf"], "plan")
    assert len(on_disk()) == 1


def test_the_next_file_from_a_page_with_a_mistake_is_no_clash_with_oneself(
    file: EvidenceFile, contributor: User, client_of: ClientOf
) -> None:
    own, path = client_of(contributor), detail_path(file)
    response = own.post(path, typed(file.evidence, title="", file=upload("a.txt", b"A")))
    sent = fields_in(response, "evidence-form") | {"title": "Named", "file": upload("b.txt", b"B")}
    assert own.post(path, sent).status_code == 302
    assert names(file) == ["plan.pdf", "a.txt", "b.txt"]
    assert again(file.evidence).title == "Named"


def test_a_new_revision_changes_the_stamp(
    file: EvidenceFile, lead: User, client_of: ClientOf
) -> None:
    before = stamp(file.evidence)
    sent = typed(file.evidence, file=upload("a.txt", TEXT))
    client_of(lead).post(detail_path(file), sent)
    assert stamp(again(file.evidence)) != before
