# One image for web, worker, beat and set-up; what it runs is said in docker-compose.yml.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ONESTOP_PROFILE=production \
    ONESTOP_HOST=0.0.0.0 \
    ONESTOP_VAR=/var/lib/onestop \
    STATIC_DIR=/srv/static

RUN useradd --system --uid 10001 --home-dir /var/lib/onestop --create-home onestop
WORKDIR /srv/onestop

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . .
# The files for browsers need neither a database nor a secret; the profile is off for this one line.
RUN ONESTOP_PROFILE= SECRET_KEY=unused-while-the-image-is-built ONESTOP_VAR=/root/build python manage.py build_static \
    && rm -rf /root/build \
    && install -d -o onestop -g onestop -m 700 /var/lib/onestop/papers

USER onestop
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "onestop.wsgi:application", "--config", "python:onestop.gunicorn_settings"]
