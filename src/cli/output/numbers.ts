/** Numbers as a person reads them; the same in every locale, since logs are compared. */

/** An integer with thousands separated: 10,000. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A ratio or loss with four decimals; in powers of ten where four decimals would say nothing. */
export function formatScore(score: number): string {
  const size = Math.abs(score);
  if (!Number.isFinite(score)) return String(score);
  return size >= 1e6 || (size > 0 && size < 5e-5) ? score.toExponential(3) : score.toFixed(4);
}

/** A share as percent with one decimal. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** A time as 8s, 2m05s or 1h02m. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
}

/** Bytes as B, kB, MB or GB, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`;
}
