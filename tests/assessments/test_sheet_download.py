"""The spreadsheet that is handed out: what is in it, and that it comes back saying nothing new."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessments.actions.answering import save_answer
from assessments.actions.carrying import carry_forward
from assessments.models import Answer, Assessment, Round
from assessments.sheets.stamps import PAGE
from assessments.verbs import Verb
from assessments.workflow import State
from commitments.models import LevelDescription
from signatories.models import Event, User
from tests.assessment_factories import bring_to, make_round, save
from tests.assessments.sheet_files import download, fill_in, places, preview_of
from tests.declaration.test_workbooks import TEXTS

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
LONG = {name: text for name, text in TEXTS.items() if len(text) <= 10_000 and "\0" not in text}


def book_of(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))


def cell(content: bytes, code: str, title: str) -> Any:
    sheet = book_of(content)["Answers"]
    rows, titles = places(sheet)
    return sheet.cell(rows[code], titles[title])


@pytest.fixture
def answer(assessment: Assessment) -> Answer:
    """The first one."""
    return assessment.answers.in_order()[0]


def test_members_and_ecda_download_it_and_the_timeline_says_so(
    assessment: Assessment, contributor: User, staff: User, client_of: ClientOf
) -> None:
    path = reverse("assessments:sheet-download", args=[assessment.pk])
    for person in (contributor, staff):
        response = client_of(person).get(path)
        assert response.status_code == 200
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        name = f"essex-data-declaration-braintree-district-council-{assessment.round.slug}"
        assert f'filename="{name}-answers.xlsx"' in response["Content-Disposition"]
        assert book_of(response.content).sheetnames == [
            *("Answers", "Levels", "How to fill this in"),
            PAGE,
        ]
    events = Event.objects.about(assessment).filter(verb=Verb.SHEET_DOWNLOADED.value)
    assert {event.by for event in events} == {contributor, staff}


def test_it_has_a_row_for_each_indicator_with_what_is_saved(
    assessment: Assessment, answer: Answer, lead: User
) -> None:
    save(answer, lead, 3, "We do.\nOften.")
    second = assessment.answers.in_order()[1]
    save_answer(
        answer=second,
        version=1,
        rating=None,
        not_applicable=True,
        reason="We have no towns.",
        narrative="",
        completed=False,
        willing_to_share=True,
        by=lead,
    )
    content = download(assessment)
    sheet = book_of(content)["Answers"]
    rows, titles = places(sheet)
    assert list(rows) == [row.indicator.code for row in assessment.answers.in_order()]
    assert list(titles) == [
        *("Code", "Indicator", "Rating", "Reason if not applicable", "Narrative"),
        *("Willing to share", "Completed"),
    ]
    said = [[found.value for found in sheet[number]][2:] for number in (2, 3, 4)]
    assert said == [
        ["3 Established", None, "We do.\nOften.", "No", "Yes"],
        ["Not applicable", "We have no towns.", None, "Yes", "No"],
        [None, None, None, "No", "No"],
    ]
    assert sheet["C2"].protection.locked is False
    assert book_of(content)[PAGE].sheet_state == "hidden"


def test_it_says_what_each_level_means(assessment: Assessment, answer: Answer) -> None:
    levels = book_of(download(assessment))["Levels"]
    assert levels.max_row == 1 + assessment.answers.count()
    first = [found.value for found in levels[2]]
    assert first[:3] == [answer.indicator.code, answer.indicator.title, answer.indicator.text]
    meaning = LevelDescription.objects.filter(indicator=answer.indicator).order_by("rating")
    assert first[3:] == [level.description for level in meaning]


@pytest.fixture
def next_round(assessment: Assessment, lead: User, round: Round, staff: User) -> Assessment:
    """The same partner a year later; the first answer of before was completed."""
    save(assessment.answers.in_order()[0], lead, 2, "Last year.")
    before = timezone.localdate() - timedelta(days=400)
    Round.objects.filter(pk=round.pk).update(
        opens_on=before, due_on=before + timedelta(days=1), closes_on=before + timedelta(days=2)
    )
    return make_round(round.edition, staff).assessments.get(partner=assessment.partner)


def test_last_round_stands_beside_and_is_only_read(
    next_round: Assessment, assessment: Assessment
) -> None:
    content = download(next_round)
    assert cell(content, "1.1", "Last round: rating").value == (f"{assessment.round}: 2 Developing")
    assert cell(content, "1.1", "Last round: narrative").value == "Last year."
    assert cell(content, "1.2", "Last round: rating").value is None
    changed = fill_in(content, {("1.1", "Last round: narrative"): "Overwritten"})
    assert preview_of(next_round, changed).to_write == []


def test_a_copied_answer_says_that_it_does_not_count_yet(
    next_round: Assessment, lead: User
) -> None:
    carry_forward(assessment=next_round, by=lead)
    content = download(next_round)
    assert cell(content, "1.1", "Narrative").value == "Last year."
    assert "Copied from an earlier round" in cell(content, "1.1", "Note").value
    assert cell(content, "1.2", "Note").value is None
    assert preview_of(next_round, content).to_write == []


def test_closed_rows_and_comments_are_marked(
    assessment: Assessment, leader: User, staff: User
) -> None:
    bring_to(assessment, State.CHANGES, leader=leader, staff=staff)
    content = download(Assessment.objects.get(pk=assessment.pk))
    assert cell(content, "1.1", "Note").value == "ecda’s comment: Say who sponsors your projects."
    assert cell(content, "1.2", "Note").value == "Closed: changes in this row are refused."


@pytest.mark.parametrize("name", LONG)
def test_a_text_comes_back_as_unchanged(
    name: str, assessment: Assessment, answer: Answer, lead: User
) -> None:
    save(answer, lead, 2, LONG[name])
    preview = preview_of(assessment, download(assessment))
    assert (preview.to_write, preview.bad_cells, preview.unchanged) == ([], (), 13)


def test_any_answer_comes_back_as_unchanged(
    assessment: Assessment, answer: Answer, lead: User
) -> None:
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)

    @settings(max_examples=60)
    @given(texts, texts, st.sampled_from([0, 1, 2, 3, 4, None]), st.booleans(), st.booleans())
    def check(narrative: str, reason: str, rating: int | None, na: bool, share: bool) -> None:
        is_na = na and rating is None and bool(reason.strip())
        current = Answer.objects.select_related("indicator").get(pk=answer.pk)
        save_answer(
            answer=current,
            version=current.version,
            rating=rating,
            not_applicable=is_na,
            reason=reason,
            narrative=narrative,
            completed=rating is not None or is_na,
            willing_to_share=share,
            by=lead,
        )
        preview = preview_of(assessment, download(assessment))
        assert (preview.to_write, preview.bad_cells, preview.unchanged) == ([], (), 13)

    check()


def test_a_changed_text_is_noticed(assessment: Assessment, answer: Answer, lead: User) -> None:
    """The negative control: "nothing changed" is not all that is ever found."""
    save(answer, lead, 2, "We do.")
    content = fill_in(download(assessment), {("1.1", "Narrative"): "We do!"})
    [row] = preview_of(assessment, content).to_write
    assert row.changed == ("narrative",)
