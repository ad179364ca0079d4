/** From the JSON of `assay evaluate --gate --json` to Markdown for a pull request. */
'use strict';
const { readFileSync } = require('node:fs');

/** Names come from files of strangers: none may become markup. */
const plain = (text) =>
  String(text).replace(/[^\w .,:+/-]/g, (sign) => `&#${sign.codePointAt(0)};`);
const figure = (value) => (typeof value === 'number' ? value.toFixed(4) : '–');

const result = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { passed, checks } = result.gate;
const lines = [
  `## ${passed ? '✅ Gate passed' : '❌ Gate missed'}`,
  '',
  `${plain(result.checkpoint)} (\`${result.checkpointDigest.slice(0, 12)}\`) on ${plain(result.dataset)}, split ${plain(result.split)} (\`${result.dataDigest.slice(0, 12)}\`, ${result.n} images), by ${plain(result.backend)} ${plain(result.backendVersion)}`,
  '',
  '| Threshold | Bound | Actual | |',
  '| --- | ---: | ---: | --- |',
  ...checks.map(
    ({ metric, kind, bound, actual, passed: reached }) =>
      `| ${plain(metric)} | ${kind === 'minimum' ? '≥' : '≤'} ${bound} | ${figure(actual)} | ${reached ? 'passed' : '**missed**'} |`,
  ),
];
process.stdout.write(`${lines.join('\n')}\n`);
