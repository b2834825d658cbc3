"""What several pages of this app are made of."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assessments.actions.drafts import note_presence
from assessments.dashboards import Desk, Sheet, turn_of
from assessments.dashboards.checks import asked_at_desk
from assessments.forms import AnswerForm, sent_again, typed_texts
from assessments.forms.drafts import KeptWords, aside_words
from assessments.models import Answer, Assessment, Draft
from declaration.writers import sign_writer
from signatories.access import Request, Role, has_role

TAKE_BACK = "Why do you take the assessment back?"


def answer_path(answer: Answer) -> str:
    """Where the answer's page is."""
    return reverse("assessments:answer-edit", args=[answer.pk])


def to_assessment(assessment: Assessment, page: str = "assessment-detail") -> str:
    """Where one of the assessment's pages is; its task list when no other is named."""
    return reverse(f"assessments:{page}", args=[assessment.pk])


def sheet_context(sheet: Sheet, request: Request, role: Role | None) -> dict[str, Any]:
    """What every page about a whole assessment shows."""
    turn = turn_of(sheet.assessment, request.user, role)
    return {"sheet": sheet, "assessment": sheet.assessment, "turn": turn, "role": role}


def closed_page(
    request: Request, desk: Desk, form: AnswerForm, role: Role | None, message: str
) -> HttpResponse:
    """Answer 409 with all that was typed, to be copied, and whose turn it is."""
    assessment = desk.answer.assessment
    context = {
        "title": "This could not be saved",
        "message": message,
        "whose": turn_of(assessment, request.user, role),
        "typed": typed_texts(form),
        "aside": aside_of(desk),
        "answer": desk.answer,
        "back_url": to_assessment(assessment),
    }
    return render(request, "assessments/answer_closed.html", context, status=409)


def aside_of(desk: Desk, draft: Draft | None = None) -> list[KeptWords]:
    """The person's texts that were put aside, as the draft has them now or the desk read them."""
    kept = draft or desk.draft
    return aside_words(desk.answer, desk.offers, kept.aside) if kept else []


def form_of(desk: Desk) -> AnswerForm:
    """The indicator's form: with the person's own draft, or as the stored answer fills it."""
    draft = desk.draft
    if draft is None:
        return AnswerForm.of(desk)
    typed = sent_again(draft.typed)
    return AnswerForm.again(desk, typed, version=draft.version, revision=draft.revision)


def form_page(
    request: Request, desk: Desk, role: Role | None, form: AnswerForm, status: int = 200
) -> HttpResponse:
    """The page on which an indicator is answered; notes that this person has it open."""
    answer, person = desk.answer, request.user
    given = form.initial
    given["page"] = given.get("page") or secrets.token_urlsafe(12)
    given["writer"] = sign_writer(person.pk, writer_subject(answer))
    context = desk_context(request, desk, role) | {
        "form": form,
        "others": note_presence(answer=answer, by=person),
        "aside": aside_of(desk),
    }
    return render(request, "assessments/answer_edit.html", context, status=status)


def writer_subject(answer: Answer) -> str:
    """What the form's token says it is about, so that it is good for no other answer."""
    return f"answer-{answer.pk}"


def desk_context(request: Request, desk: Desk, role: Role | None) -> dict[str, Any]:
    """What every page about one indicator shows."""
    assessment = desk.answer.assessment
    return {
        "desk": desk,
        "answer": desk.answer,
        "indicator": desk.answer.indicator,
        "row": desk.row,
        "asked_questions": asked_at_desk(desk),
        "is_member": role is not None,
        "role_is_lead": has_role(role, Role.LEAD),
        "turn": turn_of(assessment, request.user, role),
        "back_url": to_assessment(assessment),
    }
