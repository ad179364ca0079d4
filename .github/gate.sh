#!/usr/bin/env bash
# The last step of action.yml: evaluates, writes the reports, says in the step's outputs where they are, and ends as
# `assay gate` does: 0 passed, 1 a rule was missed, 2 an error.
#
# CHECKPOINT, CONFIG, DATASET, SPLIT and ENGINE are the action's inputs, FOLDER is where Assay lies, REPORTS where the
# reports go; the rest is what the runner gives.
set -euo pipefail

markdown=$REPORTS/gate-report.md
junit=$REPORTS/gate-report.xml
json=$REPORTS/gate-report.json
if [[ -n ${CONFIG:-} ]]; then export ASSAY_CONFIG=$PWD/$CONFIG; fi
[[ -n ${ASSAY_DATA_MIRROR:-} ]] || unset ASSAY_DATA_MIRROR

status=0
node "$FOLDER/dist/src/main.js" gate --checkpoint "$CHECKPOINT" --dataset "$DATASET" --split "$SPLIT" \
  --engine "$ENGINE" --markdown "$markdown" --junit "$junit" --json >"$json" || status=$?

if ((status < 2)); then
  cat "$markdown" >>"$GITHUB_STEP_SUMMARY"
  printf '%s\n' "report=$markdown" "junit=$junit" "json=$json" >>"$GITHUB_OUTPUT"
fi
echo "passed=$([[ $status == 0 ]] && echo true || echo false)" >>"$GITHUB_OUTPUT"
exit "$status"
