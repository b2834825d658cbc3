"""People, partners, signatures and events in Django's admin: to read; only actions write."""

from allauth.account import admin as account_admin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group

from declaration.admin import ReadOnlyAdmin
from signatories.models import (
    Certificate,
    Event,
    ImportRow,
    Invitation,
    Letter,
    Membership,
    Message,
    Notice,
    Partner,
    PartnerImport,
    Signature,
    User,
)

# These two modules register models that may be edited, or that the portal does not use.
assert account_admin is not None  # noqa: S101  imported for what it registers
assert auth_admin is not None  # noqa: S101  imported for what it registers
admin.site.unregister([EmailAddress, Group])


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "office", "is_active", "last_login")
    list_filter = ("office", "is_active")
    search_fields = ("name", "email")


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "gss_code", "active_from", "active_to")
    list_filter = ("kind",)
    search_fields = ("name", "gss_code")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("person", "partner", "role", "started_at", "ended_at")
    list_filter = ("role",)
    list_select_related = ("person", "partner")
    search_fields = ("person__name", "person__email", "partner__name")


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("partner_name", "edition", "signatory_name", "signed_at", "withdrawn_at")
    list_select_related = ("edition",)
    search_fields = ("partner_name", "signatory_name")


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("number", "signature", "state", "attempt", "queued_at", "finished_at")
    list_filter = ("state",)
    list_select_related = ("signature",)
    search_fields = ("number",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "verb", "partner", "note")
    list_select_related = ("by", "partner")
    list_filter = ("verb",)
    search_fields = ("note", "partner__name", "by__name")


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ("subject", "chosen", "by", "at")
    list_select_related = ("by",)
    search_fields = ("subject", "body")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("words", "person", "due_at", "message")
    list_select_related = ("person", "message")
    search_fields = ("words", "person__name")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("subject", "to", "state", "attempt", "queued_at", "finished_at")
    list_filter = ("state",)
    search_fields = ("to", "subject")
    # An invitation’s letter holds its link, and a digest is nobody else’s to read.
    hidden = (*ReadOnlyAdmin.hidden, "body", "html")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "partner", "role", "invited_by", "sent_at", "expires_at")
    list_select_related = ("partner", "invited_by")
    list_filter = ("role",)
    search_fields = ("email", "partner__name")
    # Whoever has the code can ask for the role.
    hidden = (*ReadOnlyAdmin.hidden, "code")


@admin.register(PartnerImport)
class PartnerImportAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "state", "uploaded_by", "uploaded_at", "confirmed_at", "undone_at")
    list_select_related = ("uploaded_by",)


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ("partner_import", "line", "kind", "name")
    list_select_related = ("partner_import",)
    list_filter = ("kind",)
    search_fields = ("name",)
