"""Pages of leads: who is asked to answer an indicator, and by when."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import access
from assessments.actions.assigning import UnsuitableDateError, assign, unassign
from assessments.actions.opening import ClosedToWritingError
from assessments.dashboards import Desk, read_desk
from assessments.forms.assignments import AssignForm
from assessments.views import parts
from declaration.actions import RefusedError
from signatories.access import Request, Role
from signatories.models import Membership, Partner


@require_http_methods(["GET", "HEAD", "POST"])
def answer_assign(request: Request, pk: int) -> HttpResponse:
    """Ask a lead for a member and a date, and ask that member."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    desk = read_desk(answer)
    if not desk.is_open:
        raise ClosedToWritingError("Nobody can answer this indicator now, so nobody can be asked.")
    form = _form(request, desk)
    if request.method == "POST" and form.is_valid() and _assigned(request, desk, form):
        messages.success(request, f"{form.chosen} is asked to answer this indicator")
        return redirect(parts.answer_path(answer))
    context = parts.desk_context(request, desk, role) | {
        "form": form,
        "has_left": desk.assigned and str(desk.assigned.person_id) not in form.members,
        "answer_url": parts.answer_path(answer),
    }
    return render(request, "assessments/answer_assign.html", context)


@require_POST
def answer_unassign(request: Request, pk: int) -> HttpResponse:
    """Ask nobody any more."""
    answer, role = access.answer_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    unassign(answer=answer, by=request.user)
    messages.success(request, "Nobody is asked to answer this indicator now")
    return redirect(parts.answer_path(answer))


def _form(request: Request, desk: Desk) -> AssignForm:
    assigned = desk.assigned
    stored = {"person": str(assigned.person_id), "due_on": assigned.due_on} if assigned else {}
    members = _members(desk.answer.assessment.partner)
    sent = request.POST if request.method == "POST" else None
    return AssignForm(sent, members=members, initial=stored)


def _members(partner: Partner) -> list[Membership]:
    current = Membership.objects.current().filter(partner=partner)
    return list(current.select_related("person").order_by("person__name", "pk"))


def _assigned(request: Request, desk: Desk, form: AssignForm) -> bool:
    """Whether the member could be asked; if not, the form says why."""
    due_on = form.cleaned_data["due_on"]
    try:
        assign(answer=desk.answer, person=form.chosen, due_on=due_on, by=request.user)
    except ClosedToWritingError:
        raise
    except RefusedError as error:
        name = "due_on" if isinstance(error, UnsuitableDateError) else "person"
        form.add_error(name, str(error))
        return False
    return True
