"""The start commands of the long-running processes: the very same for `make run`, for containers and for the tests."""

WEB = "python -m gunicorn onestop.wsgi:application --config python:onestop.gunicorn_settings"
WORKER = "python -m celery --app onestop.celery worker --loglevel INFO"
BEAT = "python -m celery --app onestop.celery beat --loglevel INFO"
SET_UP = "python manage.py set_up"

PROCESSES = {"web": WEB, "worker": WORKER, "beat": BEAT}
