/** The gate's report as JUnit XML: a test case a check, as CI systems show them. */
import type { GateReport } from './gate.service';

export function gateJunit({ checks, result }: GateReport, suite: string): string {
  const failures = checks.filter(({ passed }) => !passed).length;
  const counts = `tests="${checks.length}" failures="${failures}" errors="0" skipped="0"`;
  const timestamp = result.createdAt.toISOString().slice(0, 19);
  const cases = checks.map(({ name, kind, threshold, passed, reason }) => {
    const title = attribute(`${name} ${kind.replaceAll('_', ' ')} ${threshold}`);
    const open = `    <testcase classname="assay.gate" name="${title}" time="0"`;
    return passed
      ? `${open} />`
      : `${open}>\n      <failure type="${kind}" message="${attribute(reason)}" />\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${attribute(suite)}" ${counts} time="0" timestamp="${timestamp}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** XML 1.0 knows no control characters, not even escaped ones. */
function attribute(value: string): string {
  return value
    .replace(
      /[\u0000-\u001f\u007f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      ' ',
    )
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
