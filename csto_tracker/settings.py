"""Settings: one file, read from the environment; a wrong value is refused by name.

The table of variables stands in README.md. Without an environment, settings are those of
production: no debugging, no default secret, no host accepted.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from csto_tracker.environment import Environment
from csto_tracker.local.variables import local_folder

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
SITE_URL = env.origin("SITE_URL", default="http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "csto_tracker.errors.csrf_failure"
TRUSTED_PROXIES = env.whole_number("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "csto_tracker",
    "reminders",
    "assessments",
    "events",
    "priorities",
    "members",
    "sources",
    "publishing",
    "csto_tracker.adminsite.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csto_tracker.middleware.RequestIdMiddleware",
    "csto_tracker.middleware.PermissionsPolicyMiddleware",
    "csto_tracker.middleware.ContentPolicyMiddleware",
    "csto_tracker.crossorigin.CrossOriginMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csto_tracker.middleware.LanguageOfPathMiddleware",
    "publishing.conditional.ConditionalMiddleware",
    "csto_tracker.refusals.RefusalMiddleware",
    "csto_tracker.throttle.ThrottleMiddleware",
    "csto_tracker.refusals.NegotiationMiddleware",
    "csto_tracker.exports.CitationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csto_tracker.middleware.HistoryContextMiddleware",
    "axes.middleware.AxesMiddleware",
    "csto_tracker.errors.ErrorPagesMiddleware",
]

ROOT_URLCONF = "csto_tracker.urls"
WSGI_APPLICATION = "csto_tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csto_tracker.context.site",
            ]
        },
    }
]

# --- Data -----------------------------------------------------------------------------------
DATABASES = {
    "default": env.postgres(
        "DATABASE_URL",
        # One statement, one lock wait or one forgotten transaction may not hold up the site.
        options="-c statement_timeout=30s -c lock_timeout=10s"
        " -c idle_in_transaction_session_timeout=60s",
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
RESPONSE_CACHE_MB = env.whole_number("RESPONSE_CACHE_MB", default=16)
REDIS_URL = env.redis("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
    # Forms of lists, 20 kB each.
    "forms": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "forms",
        "OPTIONS": {"MAX_ENTRIES": 300},  # three for each query
    },
}
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True

# --- People ---------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "csto_tracker.middleware.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "csto_tracker.errors.locked_out"
AXES_VERBOSE = False

# --- Languages and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / ".local" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if env.boolean("STATIC_FROM_SOURCE", default=False) or DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    STATIC_ROOT = None  # Nothing is collected, so there is no folder to look in.
RECORD_DIR = BASE_DIR / "record"

# --- Security -------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.boolean("SSL_REDIRECT", default=True) and HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
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
# Large enough to say at its field that 10 MB of text is too long, rather than refuse it unread.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

# --- API ------------------------------------------------------------------------------------
API_RATE = env.rate("API_RATE", default="600/min")
API_TOKEN_RATE = env.rate("API_TOKEN_RATE", default="6000/min")
# A whole office may share an address.
SUBSCRIBE_RATE = env.rate("SUBSCRIBE_RATE", default="30/h")
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["publishing.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "publishing.openapi.RecordSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "publishing.problems.exception_handler",
    "COERCE_DECIMAL_TO_STRING": False,  # PostgreSQL writes numbers; the schema says so
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CSTO Presidency Tracker",
    "DESCRIPTION": (
        "What each rotating presidency of the Collective Security Treaty Organisation said it"
        " would do, what has happened since, and how far each priority has come. Read-only; every"
        " record cites its sources. Texts come in English and Russian side by side. Dates are as"
        " precise as their source (EDTF). An unknown parameter or a bad value answers 400 and"
        " names it (RFC 9457)."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Anyone may read; a token only lifts the limit.
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{}, {"token": []}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Fields of the same name have other choices in other records.
    "ENUM_NAME_OVERRIDES": {
        "Confidence": "publishing.models.Confidence",
        "SourceKind": "sources.models.Source.Kind",
        "PassageKind": "sources.models.Passage.Kind",
        "BodyKind": "members.models.Body.Kind",
        "PriorityKind": "priorities.models.Priority.Kind",
        "EventKind": "events.models.Event.Kind",
        "MembershipStatus": "members.models.Membership.Status",
        "EventStatus": "events.models.Event.Status",
        "PassageRole": "priorities.models.PriorityPassage.Role",
        "AttendanceRole": "events.models.Attendance.Role",
        "LineageRelation": "priorities.models.Lineage.Relation",
        "ContributionRelation": "events.models.Contribution.Relation",
        "ContributionBasis": "events.models.Contribution.Basis",
        "TermBasis": "members.models.Presidency.Basis",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "publishing.openapi.empty_is_left_out",
        "publishing.openapi.all_fields_present",
    ],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "tryItOutEnabled": True},
}

# --- Worker and mail ------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A wake-up may be lost, but a page must not wait for it.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_BEAT_SCHEDULE = {
    # Intervals, not crontabs: hourly ones skip when daylight saving ends.
    # Looks each hour, since a scheduler that is started anew forgets when it ran.
    "release-of-the-month": {"task": "csto_tracker.tasks.release_month", "schedule": 3_600.0},
    "sweep-reminders": {
        "task": "reminders.tasks.sweep",
        "schedule": 10.0,  # one with nothing to do costs 10 ms
        "options": {"expires": 10},  # the next one looks anyway
    },
}
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", default="tracker@localhost")
MAILBOX_DIR = local_folder() / "mail"
if env.boolean("LOCAL_MAILBOX", default=False) and "EMAIL_URL" not in env.variables:
    EMAIL_BACKEND = "reminders.mailbox.Mailbox"  # kept as files and shown at /mailbox/
# Webhooks to this machine, and without TLS: for tests only.
REMINDERS_ALLOW_LOOPBACK = env.boolean("REMINDERS_ALLOW_LOOPBACK", default=False)

# Days without news after which a priority counts as silent; published on the methodology page.
SILENCE_THRESHOLD_DAYS = env.whole_number("SILENCE_THRESHOLD_DAYS", default=90)

LOG_LEVEL = env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
