import type { ScanReport } from '#core/scan.ts';
import { securityReport } from './gitlab-security.ts';
import type { Pieces, RenderOptions } from './options.ts';

/** GitLab's secret detection report: the findings that are secrets. */
export const render = (report: ScanReport, options: RenderOptions): Pieces =>
  securityReport('secret_detection', report, options, (finding) => finding.secret !== undefined);
