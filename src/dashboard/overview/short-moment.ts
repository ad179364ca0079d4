/** A time at the axis of a chart: the less it spans, the more exactly it is said. */

const DAY_MS = 86_400_000;

const MINUTE_MS = 60_000;

const second = new Intl.DateTimeFormat(navigator.language, { timeStyle: 'medium' });
const time = new Intl.DateTimeFormat(navigator.language, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(navigator.language, { day: 'numeric', month: 'short' });

export function shortMoment(at: number, spanMs: number): string {
  if (spanMs < 10 * MINUTE_MS) return second.format(at);
  return (spanMs < 2 * DAY_MS ? time : day).format(at);
}
