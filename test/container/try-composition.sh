#!/usr/bin/env bash
# With a Docker engine and its compose command: builds the image, starts docker-compose.yml with two workers, asks for
# an evaluation as a user does, runs the profile "test", and stops everything. Needs curl and jq. The composition's
# data are removed at the end.
# The variables in single quotes are GraphQL's.
# shellcheck disable=SC2016
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export COMPOSE_PROJECT_NAME=assay-try
url=http://localhost:4000
work=$(mktemp -d)

fail() {
  echo "composition: $1" >&2
  exit 1
}
end() {
  status=$?
  ((status == 0)) || docker compose logs --no-color --tail 200 >&2 || true
  docker compose --profile test down --volumes --timeout 60 >/dev/null 2>&1 || true
  rm -rf "$work"
  exit "$status"
}
trap end EXIT

# ask QUERY [VARIABLES]: the data of the answer; an error ends the script.
ask() {
  jq --null-input --arg query "$1" --argjson variables "${2:-null}" '{ $query, $variables }' |
    curl --silent --show-error --fail-with-body "$url/graphql" \
      --header 'content-type: application/json' --header "@$work/authorization" --data @- |
    jq --exit-status 'if .errors then error(.errors | tostring) else .data end'
}

if [[ ! -f .assay/vault-password ]]; then
  mkdir -p .assay
  printf assay-demo >.assay/vault-password
fi

# By files, so that the token is in no log and no argument.
umask 077
docker compose run --build --rm -T api token create --name try --role runner --json >"$work/token.json"
jq --raw-output '"authorization: Bearer " + .token' "$work/token.json" >"$work/authorization"
umask 022
docker compose up --detach --wait --wait-timeout 300 --scale worker=2

status=$(curl --silent --output /dev/null --write-out '%{http_code}' "$url/graphql" \
  --header 'content-type: application/json' --data '{"query":"{ me { name } }"}')
[[ $status == 401 ]] || fail "without a token GraphQL answered $status instead of 401"

workers=$(ask '{ workers { id } }' | jq '.workers | length')
[[ $workers == 2 ]] || fail "there are $workers workers instead of 2"

# The service registers its own checkpoint and a dataset at its first start, beside answering.
for _ in $(seq 60); do
  dataset=$(ask '{ datasets { id name } }' | jq --raw-output '.datasets[0] // empty')
  [[ -z $dataset ]] || break
  sleep 2
done
[[ -n $dataset ]] || fail 'no dataset was registered'
name=$([[ $(jq --raw-output .name <<<"$dataset") == fashion-mnist ]] && echo fashion-cnn || echo sample-cnn)
checkpoint=$(ask 'mutation ($path: String!) { registerCheckpoint(input: { path: $path }) { id } }' \
  "$(jq --null-input --arg path "$name" '{ $path }')" | jq .registerCheckpoint.id)
input=$(jq --null-input --argjson checkpointId "$checkpoint" --argjson datasetId "$(jq .id <<<"$dataset")" \
  '{ input: { $checkpointId, $datasetId, split: "test", engine: "ONNX" } }')
run=$(ask 'mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }' "$input" |
  jq '{ id: .runEvaluation.id }')

for _ in $(seq 90); do
  state=$(ask 'query ($id: ID!) { evaluationRun(id: $id) { state } }' "$run" | jq --raw-output .evaluationRun.state)
  case $state in
    SUCCEEDED) break ;;
    FAILED | CANCELLED) fail "the run is $state" ;;
  esac
  sleep 1
done
ask 'query ($id: ID!) { evaluationResult(id: $id) { accuracy macroF1 sampleCount } }' "$run" |
  jq --exit-status '.evaluationResult | select(.accuracy > 0.9)' || fail "the run is $state, its accuracy too low"

docker compose --profile test run --rm -T test

docker compose stop --timeout 60 api worker
for container in $(docker compose ps --all --quiet api worker); do
  code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
  [[ $code == 0 ]] || fail "$(docker inspect --format '{{.Name}}' "$container") ended with $code at SIGTERM"
done
echo 'composition: answered, evaluated, passed its thresholds, stopped cleanly'
