import { appendFileSync } from 'node:fs';
import { explanations } from '#app/families.ts';
import type { ScanRequest } from '#app/job.ts';
import { scan } from '#app/scan.ts';
import { written } from '#app/written.ts';
import type { ScanReport } from '#core/scan.ts';
import { EXIT, EXIT_INTERRUPTED } from '#core/verdict.ts';
import { formatNamed } from '#report/index.ts';
import type { RenderOptions } from '#report/options.ts';
import { print, writeReport } from '../output.ts';
import { type PlannedReport, planReports, type ReportOptions } from '../report-plan.ts';
import { type Terminal, terminalOf } from '../terminal.ts';
import { VERSION } from '../version.ts';
import { watch } from '../watch.ts';

export interface Options extends ReportOptions {
  readonly staged?: boolean;
  readonly since?: string;
  readonly history?: boolean;
  readonly commits?: string;
  readonly family?: readonly string[];
  readonly rules?: readonly string[];
  readonly config?: string;
  readonly policy?: string;
  /** `true` when the command line does not say: look for the usual file. */
  readonly baseline?: string | boolean;
  readonly verify?: boolean;
  readonly verifyEndpoint?: readonly string[];
  readonly offline?: boolean;
  readonly cache: boolean;
  readonly progress: boolean;
  readonly verbose?: boolean;
  readonly workers?: number;
}

export async function run(target: string, options: Options): Promise<number> {
  // Before the scan: a misspelt format must not cost the minutes of one.
  const planned = planReports(options);
  const terminal = terminalOf(process.stdout, process.stderr, process.env);
  const { report, interrupted } = await watch(options, (watched) =>
    scan({ ...requestOf(target, options), ...watched }),
  );
  if (interrupted) {
    process.stderr.write('sluice: interrupted; no report was written\n');
    return EXIT_INTERRUPTED;
  }
  await deliver(report, planned, terminal, options.verbose === true);
  return EXIT[report.verdict.outcome];
}

function requestOf(target: string, options: Options): ScanRequest {
  const { since, commits, family, rules, config, policy, workers, baseline, verifyEndpoint } = options;
  return {
    target,
    version: VERSION,
    environment: process.env,
    staged: options.staged === true,
    history: options.history === true,
    verify: options.verify === true,
    cache: options.cache,
    baseline: baseline ?? true,
    ...(since === undefined ? {} : { since }),
    ...(commits === undefined ? {} : { commits }),
    ...(family === undefined ? {} : { families: family }),
    ...(rules === undefined ? {} : { rules }),
    ...(config === undefined ? {} : { config }),
    ...(policy === undefined ? {} : { policy }),
    ...(workers === undefined ? {} : { workers }),
    ...(verifyEndpoint === undefined ? {} : { verifyEndpoints: verifyEndpoint }),
  };
}

/** Files first: a closed pipe on standard output must not cost the report somebody archives. */
async function deliver(
  report: ScanReport,
  planned: readonly PlannedReport[],
  terminal: Terminal,
  verbose: boolean,
): Promise<void> {
  const documentation = await explanations(report.checks);
  const forFile: RenderOptions = { color: false, width: 100, verbose, documentation };
  const forScreen: RenderOptions = { ...forFile, color: terminal.color, width: terminal.width };
  for (const { format, file } of planned.toSorted(
    (a, b) => Number(a.file === undefined) - Number(b.file === undefined),
  )) {
    const pieces = (await format.load()).render(report, file === undefined ? forScreen : forFile);
    if (file === undefined) await print(pieces);
    else writeReport(file, pieces);
  }
  if (planned.some(({ format }) => format.name === 'github')) await summarise(report, forFile);
}

/** GitHub shows what is appended to this file on the page of the run. */
async function summarise(report: ScanReport, options: RenderOptions): Promise<void> {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  const markdown = formatNamed('markdown');
  if (file === undefined || file === '' || markdown === undefined) return;
  const pieces = (await markdown.load()).render(report, options);
  // In one go, so that nothing of another step comes between.
  written(file, () => appendFileSync(file, [...pieces].join('')));
}
