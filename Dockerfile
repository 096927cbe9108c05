# Both services, each its own target: docker build --target event-service .
FROM node:24-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

FROM base AS build
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev --no-audit --no-fund
COPY .swcrc ./
COPY libs libs
COPY apps apps
RUN npx --no-install swc libs apps --out-dir dist --quiet

# Installed afresh rather than pruned, so that nothing of the toolchain, its own Node.js included, is left behind.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund

FROM base AS service
# Volumes mounted here take over this owner, so that an unprivileged process can keep the signing key, and attachments.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/usher /var/lib/usher-attachments
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY --from=build /app/dist/libs dist/libs
USER node
# Node.js is process 1 itself: the service handles SIGTERM and has no child processes to reap.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM service AS event-service
ENV PORT=3000
EXPOSE 3000
COPY --from=build /app/dist/apps/event-service dist/apps/event-service
CMD ["node", "dist/apps/event-service/src/main.js"]

FROM service AS notification-service
ENV PORT=3001
EXPOSE 3001
COPY --from=build /app/dist/apps/notification-service dist/apps/notification-service
CMD ["node", "dist/apps/notification-service/src/main.js"]
