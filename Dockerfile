# Everything that building needs, which the image leaves behind.
FROM node:24-bookworm-slim AS build
WORKDIR /heksher
COPY package.json package-lock.json ./
COPY apps/heksher/package.json apps/heksher/
COPY libs/client/package.json libs/client/
COPY libs/core/package.json libs/core/
COPY libs/database/package.json libs/database/
COPY libs/embedded-postgres/package.json libs/embedded-postgres/
COPY libs/rollout/package.json libs/rollout/
COPY libs/ruleset/package.json libs/ruleset/
COPY migrations/package.json migrations/
RUN npm ci
COPY . .
RUN npm run build:service && npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production PORT=80 HEKSHER_DATA_DIR=/heksher/data/postgres
WORKDIR /heksher
COPY --from=build /heksher/package.json package.json
COPY --from=build /heksher/node_modules node_modules
COPY --from=build /heksher/libs libs
COPY --from=build /heksher/migrations migrations
COPY --from=build /heksher/apps apps
# For trying out without a database of your own; production names one in HEKSHER_DB_CONNECTION_STRING.
RUN install -d -o node -g node data
# The commands that the image of Heksher 0.5 was started with, also where they take the place of the entry point.
RUN for name in alembic uvicorn; do \
  printf '#!/bin/sh\nexec node /heksher/apps/heksher/dist/main.js %s "$@"\n' "$name" > "/usr/local/bin/$name" && \
  chmod +x "/usr/local/bin/$name"; \
  done
USER node
EXPOSE 80
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "apps/heksher/dist/main.js"]
