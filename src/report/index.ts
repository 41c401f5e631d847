import type { ScanReport } from '#core/scan.ts';
import type { RenderOptions } from './options.ts';

/** What a format's module exports. Pure: the same report and options give the same bytes. */
export interface ReportModule {
  render(report: ScanReport, options: RenderOptions): string;
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
export const FORMATS = [
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
] as const satisfies readonly Format[];

export type FormatName = (typeof FORMATS)[number]['name'];

/** A format by its name; `undefined` for a name that is none. */
export const formatNamed = (name: string): Format | undefined => FORMATS.find((format) => format.name === name);
