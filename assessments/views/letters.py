"""Pages on which ecda writes to people of several partners: write, check, send."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.dashboards.recipients import Recipients, read_people, read_recipients
from assessments.forms.letters import LetterForm, letter_defaults
from assessments.models import Round
from assessments.views.keeping import give, keeps_words
from declaration.actions import RefusedError
from signatories.access import Request, require_ecda
from signatories.actions.writing import says, write_letter
from signatories.models import Letter, User

PAGE = "letter-write"
DETAIL = "signatories:letter-detail"


def _rounds() -> Iterable[Round]:
    return Round.objects.opened().latest_first()


def _sent_form(sent: QueryDict, _key: None) -> LetterForm:
    """What was typed, whoever typed it."""
    return LetterForm(sent, rounds=_rounds())


@keeps_words(form=_sent_form, page=PAGE, button="Check the letter")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_write(request: Request) -> HttpResponse:
    """Write a letter; what is sent back is checked, or shown again to be changed."""
    require_ecda(request)
    if request.method != "POST":
        first = letter_defaults(request.GET.dict(), request.GET.getlist("partner"))
        return _form(request, LetterForm(initial=first, rounds=_rounds()))
    if "change" in request.POST:
        return _form(request, LetterForm(initial=_typed(request.POST), rounds=_rounds()))
    form = LetterForm(request.POST, rounds=_rounds())
    if not form.is_valid():
        return _form(request, form)
    return _check(request, form, read_recipients(form.choice))


@keeps_words(form=_sent_form, page=PAGE, button="Check the letter")
@require_POST
def letter_send(request: Request) -> HttpResponse:
    """Send the letter to exactly those who were shown; others are shown again first."""
    user = require_ecda(request)
    form = LetterForm(request.POST, rounds=_rounds())
    if not form.is_valid():
        return _form(request, form)
    found, key = form.cleaned_data, form.cleaned_data["key"]
    sent, to = Letter.objects.filter(key=key, by=user).first(), read_recipients(form.choice)
    if sent:
        same = not _differs(sent, form, read_people(found["seen"]))
        return redirect(DETAIL, sent.pk) if same else _check(request, form, to)
    if not to.people or to.seen != found["seen"]:
        return _check(request, form, to, before=read_people(found["seen"]))
    try:
        letter = write_letter(
            key=key,
            subject=found["subject"],
            body=found["text"],
            chosen=form.choice.in_words,
            people=to.people,
            by=user,
        )
    except RefusedError as error:
        form.add_error(None, str(error))
        return _form(request, form)
    messages.success(request, f"The letter is on its way to {in_words(to)}.")
    return redirect(DETAIL, letter.pk)


def in_words(to: Recipients) -> str:
    """How many people at how many partners."""
    people, partners = len(to.people), len(to.addressees)
    who = "1 person" if people == 1 else f"{people} people"
    return f"{who} at {'1 partner' if partners == 1 else f'{partners} partners'}"


def _typed(sent: QueryDict) -> dict[str, Any]:
    """What was typed, to be changed; its key stays, so that unchanged it is not sent again."""
    lists = {"partners", "roles"}
    typed = {name: sent.getlist(name) for name in LetterForm.base_fields if name in sent}
    return {name: all_ if name in lists else all_[-1] for name, all_ in typed.items()}


def _differs(sent: Letter, form: LetterForm, people: Iterable[User]) -> bool:
    """Whether the letter that was sent with the form's key says something else, or to others."""
    found, chosen = form.cleaned_data, form.choice.in_words
    return not says(
        sent, subject=found["subject"], body=found["text"], chosen=chosen, people=people
    )


def _sent_before(form: LetterForm, people: Iterable[User]) -> Letter | None:
    """Return a different letter that was sent with the form's key, which is then renewed."""
    sent = Letter.objects.filter(key=form.cleaned_data["key"]).first()
    if sent is None or not _differs(sent, form, people):
        return None
    form.renew_key()
    return sent


def _form(request: Request, form: LetterForm) -> HttpResponse:
    give(request, form, PAGE)
    return render(request, "assessments/letter_write.html", {"form": form})


def _check(
    request: Request, form: LetterForm, to: Recipients, before: Iterable[User] | None = None
) -> HttpResponse:
    """Show who gets what; `before` are those shown last time, where they differ now."""
    if not to.people:
        form.add_error(*_nobody(to))
        return _form(request, form)
    give(request, form, PAGE)
    earlier = _sent_before(form, to.people)
    context: dict[str, Any] = {
        "form": form,
        "earlier": earlier,
        "hidden": form.hold(to.seen),
        "to": to,
        "count": in_words(to),
        "chosen": form.choice.in_words,
        "by": request.user,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "site": settings.PUBLIC_URL,
    }
    if before is not None:
        shown = list(before)
        context["changed"] = True
        context["gone"] = [person for person in shown if person not in to.people]
        context["come"] = [person for person in to.people if person not in shown]
    status = 200 if before is None and earlier is None else 409
    return render(request, "assessments/letter_check.html", context, status=status)


def _nobody(to: Recipients) -> tuple[str, str]:
    """The field and the words for a letter that would reach nobody."""
    if not to.nobody_at:
        return "group", "No partner is among these now. Select other partners"
    names = ", ".join(to.nobody_at[:5]) + (" and others" if len(to.nobody_at) > 5 else "")
    return "roles", f"Nobody has such a role at {names}. Select other people or partners"
