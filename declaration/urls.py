"""Where everything is: each app's pages, accounts, the admin and health."""

from typing import Never

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest
from django.urls import include, path
from django.views.generic import RedirectView

from declaration.health import healthz, readyz

# The admin has no sign-in of its own: the site’s one leads there.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth’s way


def not_here(request: HttpRequest, rest: str = "") -> Never:
    """Take a page of a library off the site."""
    raise Http404("This page is not part of the portal.")


handler500 = "declaration.errors.server_error"

urlpatterns = [
    path("", include("progress.urls")),
    path("", include("assessments.urls")),
    path("", include("signatories.urls")),
    path("", include("commitments.urls")),
    # An address is who a person is: whoever could change their own could become somebody else.
    path("accounts/email/", not_here, name="account_email"),
    # A first password, too, is chosen from a link that is e-mailed: an open session proves nobody.
    path(
        "accounts/password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("accounts/", include("allauth.account.urls")),
    # “View on site” has nothing to show: no row has a page of its own there.
    path("admin/r/<path:rest>", not_here, name="admin_view_on_site"),
    # One page for passwords, under the rules of the portal’s accounts.
    path(
        "admin/password_change/",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="admin_password_change",
    ),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

if settings.OUTBOX_ROOT:
    urlpatterns.append(path("outbox/", include("declaration.outbox")))
