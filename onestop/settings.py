"""Settings, read from environment variables; every default is safe for one machine.

`ONESTOP_PROFILE=production` turns on what a public server needs and refuses to start without it.
"""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from onestop.embedded.folders import folders
from onestop.environment import (
    broker_from,
    database_from,
    database_url,
    flag,
    papers_store,
    redis_url,
    refuse_unsafe_production,
    secret,
    secret_key,
    words,
)
from onestop.source import ARCHIVE

BASE_DIR = Path(__file__).resolve().parent.parent
FOLDERS = folders()
PRODUCTION = os.environ.get("ONESTOP_PROFILE", "") == "production"

DEBUG = flag("DEBUG", default=False)
SECRET_KEY = secret_key(FOLDERS, production=PRODUCTION)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
if PRODUCTION:
    refuse_unsafe_production(debug=DEBUG, key=SECRET_KEY, hosts=ALLOWED_HOSTS)

# The address of the source code, offered on every page (AGPL, section 13).
SOURCE_URL = os.environ.get("SOURCE_URL") or f"/static/{ARCHIVE}"
OFFICE_NAME = os.environ.get("OFFICE_NAME", "")

INSTALLED_APPS = [
    # First, so that our templates win over those that Viewflow brings along.
    "onestop.desk",
    "onestop.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "viewflow",
    "viewflow.workflow",
    "django_htmx",
    "offices",
    "procedures",
    "sla",
    "workflows",
    "hall",
    "onestop",
]

MIDDLEWARE = [
    "onestop.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "onestop.middleware.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "onestop.middleware.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "onestop.middleware.BodySizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "onestop.desk.language.ChosenLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "onestop.urls"
WSGI_APPLICATION = "onestop.wsgi.application"
LOGIN_URL = LOGOUT_REDIRECT_URL = "login"
LOGIN_REDIRECT_URL = "desk:home"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "onestop.desk.frame.frame",
            ],
        },
    },
]

DATABASES = {"default": database_from(database_url(FOLDERS))}
REDIS_URL = redis_url(FOLDERS)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "offices.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "onestop" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_DIR", FOLDERS.state / "static"))
MEDIA_ROOT = Path(os.environ.get("PAPERS_DIR", FOLDERS.state / "papers"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": papers_store(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Files that come in: the largest that is kept (bytes), and the ClamAV daemon that looks at each where there is one
# (tcp://host:3310 or unix:///path).
LARGEST_PAPER = int(os.environ.get("LARGEST_PAPER_MB", "20")) * 1024 * 1024
CLAMD_URL = os.environ.get("CLAMD_URL", "")
# A folder with one folder for each desk, named by its code, into which scanners write (SCANNER_FOLDER/H40.01/...).
SCANNER_FOLDER = os.environ.get("SCANNER_FOLDER", "")

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION and flag("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", default=False) else None

EMAIL_HOST = os.environ.get("SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("SMTP_USER", "")
EMAIL_HOST_PASSWORD = secret("SMTP_PASSWORD")
EMAIL_USE_TLS = flag("SMTP_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("SMTP_FROM", "onestop@localhost")

# A service of the province that sends text messages; see `workflows.services.texting` for what it is sent.
NOTICE_HOOK_URL = os.environ.get("NOTICE_HOOK_URL", "")
NOTICE_HOOK_SECRET = secret("NOTICE_HOOK_SECRET")

CELERY_BROKER_URL = broker_from(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = int(os.environ.get("WORKER_CONCURRENCY", "2"))
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(FOLDERS.run / "beat-schedule")
SWEEP_EVERY = int(os.environ.get("SWEEP_EVERY", "30"))  # seconds
CELERY_BEAT_SCHEDULE = {
    "seal_day": {"task": "workflows.tasks.seal_day", "schedule": 60 * SWEEP_EVERY},
    "gather_evidence": {"task": "workflows.tasks.gather_evidence", "schedule": SWEEP_EVERY},
    "move_rulebooks": {"task": "workflows.tasks.move_rulebooks", "schedule": SWEEP_EVERY},
    "sum_ledgers": {"task": "workflows.tasks.sum_ledgers", "schedule": 10 * SWEEP_EVERY},
    "move_clocks_0": {"task": "workflows.tasks.move_clocks", "args": [0], "schedule": 2 * SWEEP_EVERY},
    "move_clocks_1": {"task": "workflows.tasks.move_clocks", "args": [1], "schedule": 2 * SWEEP_EVERY},
    # None of these expires: a worker whose clock is wrong would throw them away. Run twice they do no harm.
    "sweep": {"task": "workflows.tasks.sweep", "schedule": SWEEP_EVERY},
    "deliver_notices": {"task": "workflows.tasks.deliver_notices", "schedule": SWEEP_EVERY},
    "run_jobs": {"task": "workflows.tasks.run_jobs", "schedule": SWEEP_EVERY},
    "watch_slips": {"task": "workflows.tasks.watch_slips", "schedule": 10 * SWEEP_EVERY},
    "clear_incoming": {"task": "workflows.tasks.clear_incoming", "schedule": 60 * SWEEP_EVERY},
    "continue_attempts": {"task": "workflows.tasks.continue_attempts", "schedule": 10 * SWEEP_EVERY},
}
if SCANNER_FOLDER:
    CELERY_BEAT_SCHEDULE["collect_scans"] = {"task": "workflows.tasks.collect_scans", "schedule": 5}
if CLAMD_URL:
    CELERY_BEAT_SCHEDULE["check_waiting_files"] = {"task": "workflows.tasks.check_waiting_files", "schedule": 60}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
