"""The portal as an ASGI application, for servers that speak it."""

import os

from django.core.asgi import get_asgi_application

from declaration.checks import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "declaration.settings")

application = get_asgi_application()
refuse_unsafe_settings()
