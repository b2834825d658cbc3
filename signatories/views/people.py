"""For administrators: everybody who may sign in, their offices, names and accounts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declaration.actions import RefusedError
from declaration.paging import numbered_pages
from signatories.access import Request, require_administrator
from signatories.actions.people import (
    appoint,
    change_office,
    close_account,
    open_account,
    rename,
)
from signatories.dashboards.people import listed, read_people, read_person
from signatories.forms.people import AppointForm, NameForm, OfficeForm, PeopleForm
from signatories.models import User


@require_safe
def person_list(request: Request) -> HttpResponse:
    """Show the people that are asked for, page by page."""
    require_administrator(request)
    form = PeopleForm(request.GET)
    page = read_people(form.filters, request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "people": listed(page.object_list),
        "pages": numbered_pages(page, form.kept, "Pages of people"),
    }
    return render(request, "signatories/person_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: Request) -> HttpResponse:
    """Ask for somebody who is to work for ecda here, and give them the office."""
    user = require_administrator(request)
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        office = User.Office(typed["office"])
        try:
            person = appoint(email=typed["email"], name=typed["name"], office=office, by=user)
        except RefusedError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"{person}, office at ecda: {office.label.lower()}.")
            return redirect("signatories:person-detail", person.pk)
    return render(request, "signatories/person_add.html", {"form": form})


@require_safe
def person_detail(request: Request, pk: int) -> HttpResponse:
    """Show all about one person, with what may be changed."""
    require_administrator(request)
    return _page(request, get_object_or_404(User, pk=pk))


@require_POST
def person_name(request: Request, pk: int) -> HttpResponse:
    """Change a person's name."""
    user = require_administrator(request)
    person = get_object_or_404(User, pk=pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, person, name_form=form, form=form)
    person = rename(person=person, name=form.cleaned_data["name"], by=user)
    messages.success(request, f"The name is now {person}.")
    return redirect("signatories:person-detail", pk)


@require_POST
def person_office(request: Request, pk: int) -> HttpResponse:
    """Give a person an office at ecda, or take it from them."""
    user = require_administrator(request)
    person = get_object_or_404(User, pk=pk)
    form = OfficeForm(request.POST)
    if form.is_valid():
        try:
            office = User.Office(form.cleaned_data["office"])
            person = change_office(person=person, office=office, by=user)
        except RefusedError as error:
            form.add_error("office", str(error))
        else:
            messages.success(request, f"{person}, office at ecda: {office.label.lower()}.")
            return redirect("signatories:person-detail", pk)
    return _page(request, person, office_form=form, form=form)


@require_POST
def person_close(request: Request, pk: int) -> HttpResponse:
    """Close a person's account: they are out at once."""
    user = require_administrator(request)
    person = close_account(person=get_object_or_404(User, pk=pk), by=user)
    messages.success(request, f"The account of {person} is closed. They are signed out.")
    return redirect("signatories:person-detail", pk)


@require_POST
def person_open(request: Request, pk: int) -> HttpResponse:
    """Open a person's account again."""
    user = require_administrator(request)
    person = open_account(person=get_object_or_404(User, pk=pk), by=user)
    messages.success(request, f"The account of {person} is open again. We tell them by e-mail.")
    return redirect("signatories:person-detail", pk)


def _page(request: Request, person: User, **forms: Any) -> HttpResponse:
    context = {
        "about": read_person(person),
        "summary": {"rows": [_row(key, value) for key, value in _facts(person)]},
        "is_self": person.pk == request.user.pk,
        "name_form": NameForm(initial={"name": person.name}),
        "office_form": OfficeForm(initial={"office": person.office}),
    }
    return render(request, "signatories/person_detail.html", context | forms)


def _facts(person: User) -> list[tuple[str, str]]:
    return [
        ("E-mail address", person.email),
        ("Office at ecda", person.get_office_display()),
        ("Account", "Open" if person.is_active else "Closed"),
        ("Known to the portal since", f"{timezone.localtime(person.joined_at):%-d %B %Y}"),
    ]


def _row(key: str, value: str) -> dict[str, Any]:
    return {"key": {"text": key}, "value": {"text": value}}
