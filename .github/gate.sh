#!/usr/bin/env bash
# The last step of action.yml: evaluates, writes the reports, says in the step's outputs where they are, and ends as
# the gate does: 0 passed, 1 a threshold was missed, 2 an error.
#
# CHECKPOINT, CONFIG, DATASET, SPLIT and ENGINE are the action's inputs, FOLDER is where Assay lies, REPORTS where the
# reports go; the rest is what the runner gives.
set -euo pipefail

json=$REPORTS/gate-report.json
report=$REPORTS/gate-report.md
if [[ -n ${CONFIG:-} ]]; then export ASSAY_CONFIG=$PWD/$CONFIG; fi
[[ -n ${ASSAY_DATA_MIRROR:-} ]] || unset ASSAY_DATA_MIRROR

status=0
node "$FOLDER/dist/src/main.js" evaluate --gate --json \
  --checkpoint "$CHECKPOINT" --dataset "$DATASET" --split "$SPLIT" --engine "$ENGINE" >"$json" || status=$?

if ((status < 2)); then
  node "$FOLDER/.github/gate-report.cjs" "$json" >"$report"
  cat "$report" >>"$GITHUB_STEP_SUMMARY"
  {
    echo "report=$report"
    echo "json=$json"
  } >>"$GITHUB_OUTPUT"
fi
echo "passed=$([[ $status == 0 ]] && echo true || echo false)" >>"$GITHUB_OUTPUT"
exit "$status"
