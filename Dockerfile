# syntax=docker/dockerfile:1
# One image for web, worker and beat. The first stage installs the hashed lock file and collects the static files; the
# second holds only what runs: no compiler, no package index, no root.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /srv/venv \
 && /srv/venv/bin/pip install --quiet --require-hashes --only-binary :all: -r /tmp/requirements.lock
COPY . /srv/portal
WORKDIR /srv/portal
# Settings ask for every secret; these values exist for this one command and collect files, nothing else.
RUN PORTAL_ENV=production SECRET_KEY=build ENCRYPTION_KEYS=build ALLOWED_HOSTS=build STATIC_ROOT=/srv/static \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    /srv/venv/bin/python manage.py collectstatic --noinput --verbosity=0

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 portal \
 && useradd --system --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
 && install --directory --owner=portal --group=portal --mode=0750 /srv/media
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_ENV=production STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media PORTAL_HOME=/tmp/portal
USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application", "--bind=0.0.0.0:8000", "--threads=4", "--timeout=60", \
     "--worker-tmp-dir=/dev/shm", "--control-socket=/tmp/gunicorn.ctl"]
