/** Compares nested figures within a tolerance, and names the place that differs. */

/**
 * Fails unless `actual` has every field of `expected`, equal within `tolerance`: absolute up to 1, relative
 * above (one unit in the last place of a loss of 66,666,668 is 1.5e-8 already).
 */
export function expectClose(
  actual: unknown,
  expected: unknown,
  tolerance: number,
  place = 'report',
): void {
  if (expected === null) {
    if (actual !== null) throw new Error(`${place} is ${JSON.stringify(actual)}, not null`);
  } else if (typeof expected === 'number') {
    if (typeof actual !== 'number' || !isClose(actual, expected, tolerance)) {
      throw new Error(`${place} is ${String(actual)}, not ${expected} within ${tolerance}`);
    }
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      throw new Error(`${place} is not a list of ${expected.length}`);
    }
    expected.forEach((item, i) => {
      expectClose(actual[i], item, tolerance, `${place}[${i}]`);
    });
  } else if (typeof expected === 'object') {
    for (const [name, value] of Object.entries(expected)) {
      const field = (actual as Partial<Record<string, unknown>> | undefined)?.[name];
      expectClose(field, value, tolerance, `${place}.${name}`);
    }
  } else {
    throw new Error(`${place}: ${typeof expected} is nothing to compare with`);
  }
}

function isClose(actual: number, expected: number, tolerance: number): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}
