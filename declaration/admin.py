"""How every row is shown in Django's admin: to read; only actions write."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin[models.Model]):
    """Shows every field of a row but secrets and files' bytes, and changes none."""

    hidden: tuple[str, ...] = ("password", "content")
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """All of the row's own columns, also those that no form would show."""
        columns = self.opts.concrete_fields
        return [field.name for field in columns if field.name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """The same: nothing can be typed."""
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False
