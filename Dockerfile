# One image for every Headrace process: migrate, worker, gateway, and the watcher.

FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY headrace headrace
COPY schemas schemas
COPY streams streams
COPY handlers handlers
COPY watchers watchers
COPY gateway gateway
RUN python -m venv /opt/headrace && /opt/headrace/bin/pip install --no-cache-dir '.[server,sentry]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/headrace headrace
COPY --from=build /opt/headrace /opt/headrace
ENV PATH=/opt/headrace/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    HEADRACE_DATA=/var/lib/headrace
USER headrace
WORKDIR /var/lib/headrace
EXPOSE 8000
ENTRYPOINT ["headrace"]
CMD ["--help"]
