/** Numbers, sizes and times in the reader's locale; the words stay English. */

const locale = navigator.language;

const cached = new Map<string, Intl.NumberFormat>();

function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const found = cached.get(key) ?? new Intl.NumberFormat(locale, options);
  cached.set(key, found);
  return found;
}

export function integer(value: number): string {
  return number({ maximumFractionDigits: 0 }).format(value);
}

/** A share such as accuracy, as a percentage with so many digits behind the point. */
export function percent(share: number, digits = 2): string {
  return number({
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** A figure that is no share, such as loss in nats. */
export function decimal(value: number, digits = 4): string {
  return number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** With a sign always; for differences. In percentage points where `unit` says so. */
export function signed(value: number, digits = 2, unit: 'points' | 'plain' = 'points'): string {
  const shown = unit === 'points' ? value * 100 : value;
  return number({
    signDisplay: 'exceptZero',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(shown);
}

export function pValue(p: number): string {
  return p < 0.001 ? `< ${decimal(0.001, 3)}` : decimal(p, 3);
}

export function bytes(count: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3));
  return number({
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(count / 1000 ** step);
}

/** A length of time, in the unit that suits it. */
export function duration(ms: number): string {
  const in_ = (unit: string, value: number, digits: number) =>
    number({ style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: digits }).format(
      value,
    );
  if (ms < 1_000) return in_('millisecond', ms, ms < 10 ? 1 : 0);
  if (ms < 60_000) return in_('second', ms / 1_000, 1);
  if (ms < 3_600_000) {
    return `${in_('minute', Math.floor(ms / 60_000), 0)} ${in_('second', Math.floor((ms % 60_000) / 1_000), 0)}`;
  }
  return `${in_('hour', Math.floor(ms / 3_600_000), 0)} ${in_('minute', Math.floor((ms % 3_600_000) / 60_000), 0)}`;
}

const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function moment(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** Such as "5 minutes ago"; older than a week, the date. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1_000;
  const age = Math.abs(seconds);
  if (age < 60) return relative.format(Math.round(seconds), 'second');
  if (age < 3_600) return relative.format(Math.round(seconds / 60), 'minute');
  if (age < 86_400) return relative.format(Math.round(seconds / 3_600), 'hour');
  if (age < 7 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return moment(iso);
}

/** Enough of a SHA-256 to tell it from others by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 10);
}
