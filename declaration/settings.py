"""All settings of the portal: one file, every value from the environment."""

from pathlib import Path
from typing import Any

import django_stubs_ext
import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF

from declaration.env import Environment

# ModelAdmin[…] and ModelForm[…] are generic for mypy only; this makes them so at run time.
django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parent.parent
env = Environment()

# --- What this installation is ---------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
HTTPS = env.flag("HTTPS", default=True)
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
PROXY_COUNT = env.number("PROXY_COUNT", 0)
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")

INSTALLED_APPS = [
    "progress",
    "assessments",
    "signatories",
    "commitments",
    "declaration",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "csp",
    "corsheaders",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "declaration.middleware.refuse_broken_input",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "declaration.bodies.refuse_cut_off",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "declaration.middleware.end_old_sessions",
    "declaration.middleware.keep_pages_private",
    "declaration.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "declaration.middleware.explain_refusals",
    "declaration.middleware.explain_methods",
]

ROOT_URLCONF = "declaration.urls"
WSGI_APPLICATION = "declaration.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "declaration.govuk.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "declaration.navigation.navigation",
            ],
        },
    }
]

# --- Database and cache ----------------------------------------------------------------------

DB_POOL = env.flag("DB_POOL", default=False)
STATEMENT_TIMEOUT = env.number("STATEMENT_TIMEOUT", 0)


def database() -> dict[str, Any]:
    """Return the one database: pooled with health checks for web, plain connections elsewhere."""
    found = env.database("DATABASE_URL")
    limits = f"-c statement_timeout={STATEMENT_TIMEOUT * 1000} -c lock_timeout=5000"
    options: dict[str, Any] = {"connect_timeout": 5, "options": limits}
    if DB_POOL:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
    found |= {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    return found | {"CONN_MAX_AGE": 0 if DB_POOL else 60, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database()}
# The database, not Redis: nothing a person does may stop when the broker is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Room for every limit that counts. Above it, what has expired goes first, then a hundredth:
        # Django's own 300 rows and a third would let a crowd wipe out anybody's used-up limit.
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 100},
    }
}

# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "signatories.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "progress:start"
LOGOUT_REDIRECT_URL = "progress:home"
ACCOUNT_ADAPTER = "signatories.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "declaration.accounts.LoginForm",
    "request_login_code": "declaration.accounts.RequestLoginCodeForm",
    "confirm_login_code": "declaration.accounts.ConfirmLoginCodeForm",
    "reset_password": "declaration.accounts.ResetPasswordForm",
    "reset_password_from_key": "declaration.accounts.ResetPasswordKeyForm",
    "change_password": "declaration.accounts.ChangePasswordForm",
    "reauthenticate": "declaration.accounts.ReauthenticateForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
# A form that is kept without a session writes for somebody who is not there: seldom enough.
# Numbers and files that strangers check, what they look for and what programs read are counted by
# their address.
# Codes that confirm a signature: few are sent to a person, and each may be tried three times.
ACCOUNT_RATE_LIMITS = {
    "keep_draft": "30/5m/key",
    "check_certificate": "30/5m/ip",
    "find_practice": "300/5m/ip",
    "read_open_data": "300/5m/ip",
    "send_confirmation": "5/15m/key",
    "try_confirmation": "3/15m/key",
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 2 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_ABSOLUTE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"

# User.email is unique without case, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

# --- Transport and content -------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "declaration.errors.csrf_failure"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# The open data may be read by the pages of every other site, and nothing else of the portal: what
# is open is the same for everybody, so no browser is told to send who somebody is with it.
CORS_URLS_REGEX = r"^/(api|data)/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Retry-After"]

# --- Files -----------------------------------------------------------------------------------

BUILD_ROOT = env.folder("BUILD_ROOT", ROOT / "build")
STATIC_URL = "/static/"
STATIC_ROOT = BUILD_ROOT / "collected"
STATICFILES_DIRS = [ROOT / "static", BUILD_ROOT / "static"]
MEDIA_ROOT = FILES_ROOT = env.folder("FILES_ROOT")
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "declaration.receiving.BoundedUploadHandler",
]
# Empty: uploaded files are not scanned.
CLAMAV_ADDRESS = env.text("CLAMAV_ADDRESS", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- History ---------------------------------------------------------------------------------

# Triggers keep every saved change, also those of bulk updates and shell sessions.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history")
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)
PGHISTORY_APPEND_ONLY = True

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = USE_TZ = True

# --- Mail ------------------------------------------------------------------------------------

OUTBOX_ROOT = env.text("OUTBOX_ROOT", "")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "declaration@ecda.example")
if OUTBOX_ROOT:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = OUTBOX_ROOT
else:
    globals().update(env.email("EMAIL_URL", "smtp://localhost:25"))
EMAIL_TIMEOUT = 3
# What waits for a person goes after so many seconds, in which more may come. Other news waits for
# the day’s digest; without a time for it, it goes like the rest.
GATHER_SECONDS = env.number("GATHER_SECONDS", 30)
DIGEST_AT = env.clock("DIGEST_AT", "07:00")
# Nobody gets two of these e-mails within so many seconds.
TURN_GAP_SECONDS = env.number("TURN_GAP_SECONDS", 3600)

# --- Jobs ------------------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
LEASE_SECONDS = env.number("LEASE_SECONDS", 15)
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 5)
# How long a sweep may wait for a worker that is laying out pages: long enough that some are done
# while all are busy, short enough that few pile up.
TICK_KEPT_SECONDS = 60
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 75
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # What `declaration.jobs.Urgency` counts: the broker keeps a list for each, the first one first.
    "priority_steps": [0, 1, 2, 3],
    "queue_order_strategy": "priority",
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "declaration.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": TICK_KEPT_SECONDS, "priority": 0},
    },
    "gather-notices": {
        "task": "signatories.tasks.gather_notices",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": TICK_KEPT_SECONDS, "priority": 0},
    },
    "turn-rounds": {
        "task": "assessments.tasks.turn_rounds",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 60 * 5},
    },
    "clear-files": {
        "task": "assessments.tasks.clear_files",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 60 * 60},
    },
    # Early in the hour and every hour, so that a day that was missed is made good.
    "remind": {
        "task": "assessments.tasks.remind",
        "schedule": crontab(minute=4),
        "options": {"expires": 60 * 60},
    },
    "clear-scans": {
        "task": "signatories.tasks.clear_scans",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 60 * 60},
    },
    "clear-report-files": {
        "task": "progress.tasks.clear_files",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 60 * 60},
    },
    "clear-sessions": {
        "task": "declaration.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=0),
        "options": {"expires": 60 * 60},
    },
}

# --- Logs ------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}},
}
