# The portal as an image: runs the web server unless told otherwise (see docker-compose.yml).

# Front-end files
FROM node:24-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY script/assets script/assets
COPY static static
RUN script/assets

# Python packages, exactly those locked
FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements/base.txt

FROM python:3.11-slim-bookworm
# What WeasyPrint needs to make PDFs
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home portal \
    && install --directory --owner=portal /files
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FILES_ROOT=/files
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py LICENSE ./
COPY fixtures fixtures
COPY templates templates
COPY static static
COPY declaration declaration
COPY commitments commitments
COPY signatories signatories
COPY assessments assessments
COPY progress progress
COPY --from=assets /app/build/static build/static
# Collecting needs settings, but none of these values stays in the image.
RUN SECRET_KEY=unused DATABASE_URL=postgres://unused@unused/unused REDIS_URL=redis://unused \
    PUBLIC_URL=https://unused.example ALLOWED_HOSTS=unused.example \
    python manage.py collectstatic --no-input --verbosity=0
USER portal
VOLUME /files
EXPOSE 8000
# PROXY_COUNT alone says whether a proxy is believed, so gunicorn itself believes none.
CMD ["gunicorn", "declaration.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=2", "--threads=4", "--graceful-timeout=10", "--no-control-socket", \
     "--worker-tmp-dir=/dev/shm", "--forwarded-allow-ips=", "--access-logfile=-"]
