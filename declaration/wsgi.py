"""The portal as a WSGI application, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from declaration.bodies import whole_bodies
from declaration.checks import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "declaration.settings")

application = whole_bodies(get_wsgi_application())
refuse_unsafe_settings()
