"""For ecda: e-mails that could not be sent."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from signatories.access import Request, require_ecda
from signatories.actions.messages import retry_message
from signatories.models import Message


@require_POST
def message_retry(request: Request, pk: int) -> HttpResponse:
    """Try to send an e-mail again."""
    person = require_ecda(request)
    message = get_object_or_404(Message, pk=pk)
    retry_message(message=message, by=person)
    messages.success(request, f"The e-mail to {message.to} is sent again.")
    return redirect("progress:failed-job-list")
