"""Whom other partners may contact: leads say so, with the person's agreement, and take it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions.contacts import give_contact, remove_contact
from assessments.dashboards.support import contact_of
from assessments.forms.support import ContactForm
from assessments.views.keeping import give, keeps_words
from signatories.access import Request, Role, partner_or_404, require_role


@keeps_words(form=lambda sent, slug: ContactForm(sent), page="contact-edit", button="Save")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: Request, slug: str) -> HttpResponse:
    """Name the person whose details ecda gives to partners that it connects with this one."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.LEAD)
    contact = contact_of(partner)
    if request.method == "POST":
        form = ContactForm(request.POST)
        if form.is_valid():
            give_contact(**form.arguments, partner=partner, by=request.user)
            messages.success(request, "Contact saved")
            return redirect("assessments:support-list", slug)
    else:
        names = ("name", "job_title", "email", "phone")
        stored = {name: getattr(contact, name) for name in names} if contact else {}
        form = ContactForm(initial=stored)
    give(request, form, "contact-edit", slug)
    context = {"partner": partner, "contact": contact, "form": form}
    return render(request, "assessments/contact_edit.html", context)


@require_POST
def contact_remove(request: Request, slug: str) -> HttpResponse:
    """Let nobody be contacted any more."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.LEAD)
    remove_contact(partner=partner, by=request.user)
    messages.success(request, "Contact removed")
    return redirect("assessments:support-list", slug)
