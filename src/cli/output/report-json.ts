/** A report for a program to read, under the field names that scikit-learn users of Assay compare with. */
import type { Report } from '../../metrics/report';

export interface ReportJson extends Omit<Report, 'sampleCount'> {
  n: number;
  /** The class names in the order of their indices, where they are known. */
  classes?: readonly string[];
}

/** Plain data for JSON.stringify; numbers keep all their digits. */
export function reportJson(report: Report, classNames?: readonly string[]): ReportJson {
  const { sampleCount, ...rest } = report;
  return {
    n: sampleCount,
    ...(classNames === undefined ? {} : { classes: classNames }),
    ...rest,
  };
}
