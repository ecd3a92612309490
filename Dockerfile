# The same steps as `make`: a virtual environment, and the packages of a lock file with hashes.
FROM python:3.13-slim AS packages
RUN python -m venv /app/.venv
COPY requirements.lock /app/
RUN /app/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --no-cache-dir --require-hashes --only-binary :all: -r /app/requirements.lock

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tracker
WORKDIR /app
COPY --from=packages /app/.venv /app/.venv
COPY . /app

ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Settings want a secret and a database, which collecting files does not use: both last one command.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DATABASE_URL=postgres:///unused python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q -x '/\.venv/' /app
USER tracker
EXPOSE 8000
# More by GRANIAN_WORKERS. One thread each, so that connections to PostgreSQL stay as few.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
    "--workers", "2", "--blocking-threads", "1", "--no-ws", "--respawn-failed-workers", \
    "--log-level", "warning", "csto_tracker.wsgi:application"]
