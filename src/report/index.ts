import type { ScanReport } from '#core/scan.ts';
import type { Pieces, RenderOptions } from './options.ts';

/** What a format's module exports. Pure: the same report and options give the same bytes. */
export interface ReportModule {
  render(report: ScanReport, options: RenderOptions): Pieces;
}

/** One way to write a report down. */
export interface Format {
  readonly name: string;
  /** What it is for, in a few words: shown by `sluice scan --help`. */
  readonly description: string;
  /** Without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** Loaded when the format is asked for, so that a scan pays for one format only. */
  load(): Promise<ReportModule>;
}

/** Every format, in the order in which help lists them. */
export const FORMATS: readonly Format[] = [
  {
    name: 'text',
    description: 'for people at a terminal',
    extension: 'txt',
    mediaType: 'text/plain',
    load: () => import('./text.ts'),
  },
  {
    name: 'json',
    description: 'everything, for programs (schemas/report.schema.json)',
    extension: 'json',
    mediaType: 'application/json',
    load: () => import('./json.ts'),
  },
  {
    name: 'sarif',
    description: 'for code scanning (SARIF 2.1.0)',
    extension: 'sarif',
    mediaType: 'application/sarif+json',
    load: () => import('./sarif.ts'),
  },
  {
    name: 'html',
    description: 'one page with charts and filters, no network',
    extension: 'html',
    mediaType: 'text/html',
    load: () => import('./html.ts'),
  },
  {
    name: 'markdown',
    description: 'for a job summary or a comment',
    extension: 'md',
    mediaType: 'text/markdown',
    load: () => import('./markdown.ts'),
  },
  {
    name: 'github',
    description: 'annotations of GitHub Actions',
    extension: 'txt',
    mediaType: 'text/plain',
    load: () => import('./github.ts'),
  },
  {
    name: 'gitlab-secrets',
    description: "GitLab's secret detection report",
    extension: 'json',
    mediaType: 'application/json',
    load: () => import('./gitlab-secrets.ts'),
  },
  {
    name: 'gitlab-sast',
    description: "GitLab's SAST report: findings that are not secrets",
    extension: 'json',
    mediaType: 'application/json',
    load: () => import('./gitlab-sast.ts'),
  },
  {
    name: 'gitlab-codequality',
    description: "GitLab's code quality report",
    extension: 'json',
    mediaType: 'application/json',
    load: () => import('./gitlab-codequality.ts'),
  },
  {
    name: 'junit',
    description: 'for test views of CI systems (JUnit XML)',
    extension: 'xml',
    mediaType: 'application/xml',
    load: () => import('./junit.ts'),
  },
  {
    name: 'csv',
    description: 'for spreadsheets (RFC 4180)',
    extension: 'csv',
    mediaType: 'text/csv',
    load: () => import('./csv.ts'),
  },
];

/** A format by its name; `undefined` for a name that is none. */
export const formatNamed = (name: string): Format | undefined => FORMATS.find((format) => format.name === name);
