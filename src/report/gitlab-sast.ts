import type { ScanReport } from '#core/scan.ts';
import { securityReport } from './gitlab-security.ts';
import type { Pieces, RenderOptions } from './options.ts';

/** GitLab's SAST report: the findings that are not secrets, so that both reports together hold each finding once. */
export const render = (report: ScanReport, options: RenderOptions): Pieces =>
  securityReport('sast', report, options, (finding) => finding.secret === undefined);
