"""Where the pages of this app are."""

from django.urls import path

from signatories.views import (
    imports,
    invitations,
    leaving,
    letters,
    members,
    messages,
    paper,
    partners,
    people,
    public,
    register,
    signing,
    subscriptions,
    withdrawing,
)

app_name = "signatories"

PARTNER = "partners/<slug:slug>"
SIGNED = f"{PARTNER}/signatures/<int:pk>"
INVITED = f"{PARTNER}/invitations/<int:pk>"
INVITATION = "invitations/<str:code>"
PERSON = "administration/people/<int:pk>"
IMPORTS = "administration/imports/<int:pk>"

urlpatterns = [
    path("register/", register.register, name="register"),
    path("register.csv", register.register_export, name="register-export"),
    path("certificates/", public.certificate_check, name="certificate-check"),
    path("certificates/check-file", public.certificate_check_file, name="certificate-check-file"),
    path("certificates/<str:code>/", public.certificate_detail, name="certificate-detail"),
    path(f"{INVITATION}/", invitations.invitation_detail, name="invitation-detail"),
    path(f"{INVITATION}/start", invitations.invitation_start, name="invitation-start"),
    path(f"{INVITATION}/accept", invitations.invitation_accept, name="invitation-accept"),
    path(f"{PARTNER}/members/", members.member_list, name="member-list"),
    path(f"{PARTNER}/members/invite/", invitations.invitation_create, name="invitation-create"),
    path(f"{INVITED}/send-again", invitations.invitation_send_again, name="invitation-send-again"),
    path(f"{INVITED}/revoke", invitations.invitation_revoke, name="invitation-revoke"),
    path(f"{PARTNER}/members/<int:pk>/", members.member_detail, name="member-detail"),
    path(f"{PARTNER}/members/<int:pk>/role", members.member_role, name="member-role"),
    path(f"{PARTNER}/members/<int:pk>/remove", members.member_remove, name="member-remove"),
    path(f"{PARTNER}/leave/", leaving.membership_leave, name="membership-leave"),
    path(
        f"{PARTNER}/leave/confirm",
        leaving.membership_leave_confirm,
        name="membership-leave-confirm",
    ),
    path(f"{PARTNER}/sign/", signing.signature_create, name="signature-create"),
    path(f"{PARTNER}/sign/confirm", signing.signature_confirm, name="signature-confirm"),
    path(f"{PARTNER}/signatures/", signing.signature_list, name="signature-list"),
    path(f"{SIGNED}/", signing.signature_detail, name="signature-detail"),
    path(f"{SIGNED}/withdraw/", withdrawing.signature_withdraw, name="signature-withdraw"),
    path(
        f"{SIGNED}/withdraw/confirm",
        withdrawing.withdrawal_confirm,
        name="withdrawal-confirm",
    ),
    path(f"{SIGNED}/scan", paper.scan_download, name="scan-download"),
    path(f"{SIGNED}/certificate/status", signing.certificate_status, name="certificate-status"),
    path(f"{SIGNED}/certificate/retry", signing.certificate_retry, name="certificate-retry"),
    path(f"{SIGNED}/certificate.pdf", signing.certificate_download, name="certificate-download"),
    path(
        "administration/partners/<slug:slug>/paper-signature/",
        paper.paper_signature,
        name="paper-signature",
    ),
    path("messages/", messages.message_list, name="message-list"),
    path("messages/export.csv", messages.message_export, name="message-export"),
    path("messages/export.xlsx", messages.message_workbook, name="message-workbook"),
    path("messages/retry", messages.message_retry_all, name="message-retry-all"),
    path("messages/<int:pk>/", messages.message_detail, name="message-detail"),
    path("messages/<int:pk>/retry", messages.message_retry, name="message-retry"),
    path("letters/", letters.letter_list, name="letter-list"),
    path("letters/<int:pk>/", letters.letter_detail, name="letter-detail"),
    path("your-emails/", subscriptions.subscription, name="subscription"),
    path("your-emails/save", subscriptions.subscription_save, name="subscription-save"),
    path("unsubscribe/<str:token>/", subscriptions.unsubscribe, name="unsubscribe"),
    path(
        "unsubscribe/<str:token>/confirm",
        subscriptions.unsubscribe_confirm,
        name="unsubscribe-confirm",
    ),
    path("administration/people/", people.person_list, name="person-list"),
    path("administration/people/add/", people.person_add, name="person-add"),
    path(f"{PERSON}/", people.person_detail, name="person-detail"),
    path(f"{PERSON}/name", people.person_name, name="person-name"),
    path(f"{PERSON}/office", people.person_office, name="person-office"),
    path(f"{PERSON}/close", people.person_close, name="person-close"),
    path(f"{PERSON}/open", people.person_open, name="person-open"),
    path("administration/partners/", partners.partner_list, name="partner-list"),
    path("administration/partners.csv", partners.partner_export, name="partner-export"),
    path("administration/partners.xlsx", partners.partner_workbook, name="partner-workbook"),
    path("administration/partners/import/", imports.partner_import, name="partner-import"),
    path("administration/partners/template.csv", imports.partner_template, name="partner-template"),
    path("administration/partners/example.csv", imports.partner_example, name="partner-example"),
    path(
        "administration/partners/template.xlsx",
        imports.partner_template_workbook,
        name="partner-template-workbook",
    ),
    path(f"{IMPORTS}/", imports.import_detail, name="import-detail"),
    path(f"{IMPORTS}/status", imports.import_status, name="import-status"),
    path(f"{IMPORTS}/retry", imports.import_retry, name="import-retry"),
    path(f"{IMPORTS}/refused.csv", imports.import_refused, name="import-refused"),
    path(f"{IMPORTS}/choices/", imports.import_choose, name="import-choose"),
    path(f"{IMPORTS}/confirm", imports.import_confirm, name="import-confirm"),
    path(f"{IMPORTS}/preview", imports.import_preview, name="import-preview"),
    path(f"{IMPORTS}/undo", imports.import_undo, name="import-undo"),
]
