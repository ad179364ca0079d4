/** A time at the axis of a chart: the less it spans, the more exactly it is said. */

const DAY_MS = 86_400_000;

const time = new Intl.DateTimeFormat(navigator.language, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(navigator.language, { day: 'numeric', month: 'short' });

export function shortMoment(at: number, spanMs: number): string {
  return (spanMs < 2 * DAY_MS ? time : day).format(at);
}
