"""The Declaration in Django's admin: to read; the text comes from a file."""

from typing import Any

from django.contrib import admin
from django.db import models

from commitments.models import Commitment, Edition, Indicator, LevelDescription, SupportOffer


class ReadOnlyAdmin(admin.ModelAdmin[models.Model]):
    """Shows rows and changes none: only actions write."""

    def has_add_permission(self, request: Any) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False


admin.site.register([Edition, Commitment, Indicator, LevelDescription, SupportOffer], ReadOnlyAdmin)
