"""Where everything is: each app's pages, accounts, the admin and health."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from declaration.health import healthz, readyz

# The admin has no sign-in of its own: the site’s one leads there.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth’s way

handler500 = "declaration.errors.server_error"

urlpatterns = [
    path("", include("progress.urls")),
    path("", include("assessments.urls")),
    path("", include("signatories.urls")),
    path("", include("commitments.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

if settings.OUTBOX_ROOT:
    urlpatterns.append(path("outbox/", include("declaration.outbox")))
