"""The Declaration in Django's admin: to read; the text comes from a file."""

from django.contrib import admin

from commitments.models import Commitment, Edition, Indicator, LevelDescription, SupportOffer
from declaration.admin import ReadOnlyAdmin

admin.site.register([Edition, Commitment, Indicator, LevelDescription, SupportOffer], ReadOnlyAdmin)
