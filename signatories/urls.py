"""Where the pages of this app are."""

from django.urls import path

from signatories.views import members, messages, partners, public, signing

app_name = "signatories"

PARTNER = "partners/<slug:slug>"
IMPORTS = "administration/imports/<int:pk>"

urlpatterns = [
    path("certificates/", public.certificate_check, name="certificate-check"),
    path("certificates/<str:code>/", public.certificate_detail, name="certificate-detail"),
    path(f"{PARTNER}/members/", members.member_list, name="member-list"),
    path(f"{PARTNER}/members/add/", members.member_add, name="member-add"),
    path(f"{PARTNER}/members/<int:pk>/", members.member_detail, name="member-detail"),
    path(f"{PARTNER}/members/<int:pk>/role", members.member_role, name="member-role"),
    path(f"{PARTNER}/members/<int:pk>/remove", members.member_remove, name="member-remove"),
    path(f"{PARTNER}/sign/", signing.signature_create, name="signature-create"),
    path(f"{PARTNER}/sign/confirm", signing.signature_confirm, name="signature-confirm"),
    path(f"{PARTNER}/signature/", signing.signature_detail, name="signature-detail"),
    path(f"{PARTNER}/certificate/status", signing.certificate_status, name="certificate-status"),
    path(f"{PARTNER}/certificate/retry", signing.certificate_retry, name="certificate-retry"),
    path(f"{PARTNER}/certificate.pdf", signing.certificate_download, name="certificate-download"),
    path("messages/<int:pk>/retry", messages.message_retry, name="message-retry"),
    path("administration/partners/", partners.partner_list, name="partner-list"),
    path("administration/partners/import/", partners.partner_import, name="partner-import"),
    path(
        "administration/partners/template.csv", partners.partner_template, name="partner-template"
    ),
    path(f"{IMPORTS}/", partners.import_detail, name="import-detail"),
    path(f"{IMPORTS}/confirm", partners.import_confirm, name="import-confirm"),
    path(f"{IMPORTS}/preview", partners.import_preview, name="import-preview"),
]
