"""Whom other partners may contact: leads say so, with the person's agreement, and take it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions.contacts import OtherContactError, give_contact, remove_contact
from assessments.dashboards.support import contact_of
from assessments.forms.support import ContactForm
from assessments.views.keeping import give, keeps_words
from signatories.access import Request, Role, partner_or_404, require_role
from signatories.models import Partner


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
            try:
                give_contact(**form.arguments, partner=partner, by=request.user)
            except OtherContactError as error:
                form.see(error.contact.agreed_at)
                return _page(request, partner, form, error)
            messages.success(request, "Contact saved")
            return redirect("assessments:support-list", slug)
    else:
        names = ("name", "job_title", "email", "phone")
        stored = {name: getattr(contact, name) for name in names} if contact else {}
        seen = {"seen": contact.agreed_at.isoformat()} if contact else {}
        form = ContactForm(initial=stored | seen)
    return _page(request, partner, form)


def _page(
    request: Request,
    partner: Partner,
    form: ContactForm,
    error: OtherContactError | None = None,
) -> HttpResponse:
    """The form; 409 with the contact that another lead gave meanwhile, to be read beside it."""
    give(request, form, "contact-edit", partner.slug)
    context = {"partner": partner, "contact": contact_of(partner), "form": form, "error": error}
    status = 409 if error else 200
    return render(request, "assessments/contact_edit.html", context, status=status)


@require_POST
def contact_remove(request: Request, slug: str) -> HttpResponse:
    """Let nobody be contacted any more."""
    partner = partner_or_404(request, slug)
    require_role(request, partner, Role.LEAD)
    remove_contact(partner=partner, by=request.user)
    messages.success(request, "Contact removed")
    return redirect("assessments:support-list", slug)
