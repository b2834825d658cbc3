"""Begin an assessment from the answers of an earlier round."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from assessments import access
from assessments.actions.carrying import carry_forward
from signatories.access import Request, Role


@require_POST
def assessment_carry_forward(request: Request, pk: int) -> HttpResponse:
    """Copy earlier answers into those nobody has touched, to be reviewed one by one."""
    assessment, role = access.assessment_or_404(request, pk)
    access.require_at_least(role, Role.LEAD)
    copied = carry_forward(assessment=assessment, by=request.user)
    if copied:
        words = "Your earlier answers are here. Each counts once somebody has saved it."
        messages.success(request, words)
    else:
        messages.info(request, "There was nothing to bring forward.")
    return redirect("assessments:assessment-detail", pk)
