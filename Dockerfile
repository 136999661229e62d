# Everything that building needs, which the images leave behind.
FROM node:24-bookworm-slim AS build
WORKDIR /heksher
COPY package.json package-lock.json ./
COPY apps/console/package.json apps/console/
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
RUN npm run build:service

FROM build AS production
RUN npm ci --omit=dev --omit=optional --workspace heksher
RUN node scripts/assemble-image.mjs image
RUN node scripts/sbom.mjs image > image/sbom.cdx.json

FROM build AS production-embedded
RUN npm ci --omit=dev --workspace heksher
RUN node scripts/assemble-image.mjs image
RUN node scripts/sbom.mjs image > image/sbom.cdx.json

FROM node:24-bookworm-slim AS base
ENV NODE_ENV=production PORT=80
WORKDIR /heksher
# bin has the commands that the image of Heksher 0.5 was started with.
ENV PATH=/heksher/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The base image's user "node", by number: Kubernetes cannot tell of a name that it is not root.
USER 1000
EXPOSE 80
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "-e", "const scheme = process.env.HEKSHER_TLS_CERT_FILE ? 'https' : 'http'; require(scheme).get(`${scheme}://127.0.0.1:${process.env.PORT}/api/health/live`, { rejectUnauthorized: false }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "apps/heksher/dist/heksher.js"]

# For trying out: with a PostgreSQL inside. docker build --target embedded -t heksher:embedded .
FROM base AS embedded
ENV HEKSHER_EMBEDDED=true HEKSHER_DATA_DIR=/heksher/data/postgres
COPY --from=production-embedded /heksher/image ./
USER 0
RUN install -d -o 1000 -g 1000 data
USER 1000

FROM base
COPY --from=production /heksher/image ./
