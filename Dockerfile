# Darkroom in a container: `docker build -t darkroom .`, then `docker run -p 3000:3000 -v darkroom:/data -v darkroom-backups:/data-backups darkroom`.
# With nginx and several web containers: deploy/docker-compose.yml. All data is in the volumes; the container can be deleted.

# The version of Node that package.json pins (optionalDependencies).
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
# Separate from the sources, so that this layer is cached until the lock file changes.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node lib/setup/bootstrap.mjs build
# The pretrained network of new classifiers, from the npm registry. `--build-arg BACKBONE=own` leaves it out; where it cannot
# be fetched, the image works with the built-in network, and Settings → Pretrained networks offers to fetch it later.
ARG BACKBONE=auto
RUN [ "$BACKBONE" = own ] || node --disable-warning=ExperimentalWarning lib/commands/backbone.ts fetch --installation \
 || echo "The pretrained network is missing; the image uses the built-in one."

# TensorFlow for the engine tfjs-node: only `docker build --target tensorflow` needs this stage.
FROM build AS native
RUN apt-get update && apt-get install --yes --no-install-recommends python3-pip g++ \
 && node --disable-warning=ExperimentalWarning lib/setup/native.ts

# Without packages for building and testing, programs for other platforms, source maps and type declarations. The image
# has its own Node.
FROM build AS packages
RUN npm prune --omit=dev --no-audit --no-fund \
 && rm -rf .next/cache node_modules/node-* node_modules/@next/swc-* \
      node_modules/onnxruntime-node/bin/napi-v*/win32 node_modules/onnxruntime-node/bin/napi-v*/darwin \
      node_modules/prisma node_modules/@prisma/dev node_modules/@prisma/studio-core node_modules/@electric-sql \
      node_modules/effect node_modules/playwright node_modules/playwright-core node_modules/typescript \
 && find node_modules -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' ')' -delete \
 && mkdir -p node_modules/.cache

FROM node:${NODE_VERSION}-bookworm-slim AS runtime
LABEL org.opencontainers.image.title="Darkroom" \
      org.opencontainers.image.description="Train, evaluate and serve image classifiers" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data \
    NODE_COMPILE_CACHE=/app/node_modules/.cache/darkroom-compiled \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    MALLOC_TRIM_THRESHOLD_=65536
WORKDIR /app
COPY --from=packages --chown=node:node /app ./
RUN mkdir -m 700 /data /data-backups && chown node:node /data /data-backups /app
USER node
VOLUME ["/data", "/data-backups"]
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The program that `npm start` runs after preparation. It is process 1 and receives signals itself.
CMD ["node", "--disable-warning=ExperimentalWarning", "lib/processes/supervisor.ts"]

FROM runtime AS tensorflow
COPY --from=native --chown=node:node /app/.native ./.native
COPY --from=native --chown=node:node /app/node_modules/@tensorflow/tfjs-node ./node_modules/@tensorflow/tfjs-node

# What a build without --target makes.
FROM runtime
