import { z } from 'zod';
import type { CheckId } from '#core/check.ts';
import { type FilePosition, SluiceError } from '#core/error.ts';
import type { Finding } from '#core/finding.ts';
import { order } from '#core/order.ts';
import { writeAtomically } from './atomic-file.ts';

/** The findings a team knows of: they stay in every report, but are not new. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly check: CheckId;
  /** Where it was when it was written; for people, and in scans of a change for weak fingerprints ({@link KnownFindings}). */
  readonly path: string;
  /** The other files of a finding whose fingerprint is weak. */
  readonly alsoIn?: readonly string[];
  /** What may be shown of it, masked; for people, too. */
  readonly note?: string;
  /** ISO date of the day it was first written. */
  readonly since: string;
}

const BASELINE_VERSION = 1;
/** A password in more files than this is everybody's; those left out are new where a change touches them. */
const MOST_FILES = 100;

/**
 * A baseline of what counts now. What is suppressed is left out, so that it counts again when its suppression ends.
 * Findings that `previous` knows keep its dates.
 */
export function baselineOf(findings: readonly Finding[], now: Date, previous?: Baseline): Baseline {
  const since = new Map(previous?.entries.map((entry) => [entry.fingerprint, entry.since]));
  const today = now.toISOString().slice(0, 10);
  const entries = findings
    .filter(({ suppression }) => suppression === undefined)
    .map((finding): BaselineEntry => {
      const { fingerprint, check, location, secret } = finding;
      const also = otherFiles(finding);
      return {
        fingerprint,
        check,
        path: location.path,
        ...(also.length === 0 ? {} : { alsoIn: also }),
        ...(secret === undefined ? {} : { note: secret.masked }),
        since: since.get(fingerprint) ?? today,
      };
    });
  return { entries };
}

function otherFiles({ weak, location, places }: Finding): string[] {
  if (weak !== true) return [];
  const paths = new Set(places.map(({ path }) => path));
  paths.delete(location.path);
  return [...paths].toSorted(order).slice(0, MOST_FILES);
}

/** One entry a line, sorted, so that a change of the baseline reads well in review and merges by lines. */
export function formatBaseline({ entries }: Baseline): string {
  const sorted = entries.toSorted(
    (a, b) => order(a.path, b.path) || order(a.check, b.check) || order(a.fingerprint, b.fingerprint),
  );
  const lines = sorted.map(({ fingerprint, check, path, alsoIn, note, since }) =>
    JSON.stringify({ fingerprint, check, path, alsoIn, note, since }),
  );
  const list = lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`;
  return `{\n  "version": ${BASELINE_VERSION},\n  "findings": ${list}\n}\n`;
}

/** Replaces the file as a whole; when this returns, it is on the disk. Throws what the file system throws. */
export function writeBaseline(file: string, baseline: Baseline): void {
  writeAtomically(file, formatBaseline(baseline), { sync: true });
}

const isoDate = z.iso.date('must be a day such as 2027-01-31');

const entrySchema = z.strictObject({
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
  check: z.string().regex(/^[a-z0-9-]+\/\S+$/, 'must be the name of a check: family/name'),
  path: z.string(),
  alsoIn: z.array(z.string()).optional(),
  note: z.string().optional(),
  since: isoDate,
});

/** The file, version 1. */
const baselineSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(BASELINE_VERSION, `must be ${BASELINE_VERSION}`),
  findings: z.array(entrySchema),
});

const AGAIN = 'Write it anew with `sluice baseline`.';

/**
 * Reads a baseline. `file` is its name for errors.
 *
 * @throws SluiceError `baseline-invalid`, with the line of the wrong entry and what was expected of it.
 */
export function parseBaseline(text: string, file: string): Baseline {
  const value = parseJson(text, file);
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > BASELINE_VERSION) {
    throw new SluiceError(
      'baseline-invalid',
      `This baseline has version ${version}; this sluice reads version ${BASELINE_VERSION}.`,
      {
        hint: 'Use the sluice that wrote it, or a newer one.',
        at: { file },
      },
    );
  }
  const result = baselineSchema.safeParse(value);
  if (!result.success) throw invalid(result.error, text, file);
  const entries = result.data.findings.map(({ note, alsoIn, check, ...rest }) => ({
    ...rest,
    check: check as CheckId,
    ...(alsoIn === undefined ? {} : { alsoIn }),
    ...(note === undefined ? {} : { note }),
  }));
  return { entries };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = error instanceof Error ? /\(line (\d+) column (\d+)\)$/.exec(error.message) : null;
    const at = place === null ? { file } : { file, line: Number(place[1]), column: Number(place[2]) };
    const conflict = /^(?:<{7}|={7}|>{7})/m.test(text);
    throw new SluiceError(
      'baseline-invalid',
      conflict ? 'This baseline holds a merge conflict.' : 'This baseline is not valid JSON.',
      {
        hint: AGAIN,
        at,
      },
    );
  }
}

function invalid({ issues }: z.ZodError, text: string, file: string): SluiceError {
  const issue = issues[0];
  const path = issue?.path ?? [];
  const name = path.reduce<string>(
    (all, key) => (typeof key === 'number' ? `${all}[${key}]` : `${all}.${String(key)}`),
    '',
  );
  const where = name === '' ? 'This baseline' : name.slice(1);
  const index = path[0] === 'findings' && typeof path[1] === 'number' ? path[1] : undefined;
  const at: FilePosition = index === undefined ? { file } : { file, line: lineOfElement(text, index) };
  return new SluiceError('baseline-invalid', `${where}: ${issue?.message ?? 'is not valid'}.`, { hint: AGAIN, at });
}

/** The line, from 1, of element `index` of the only array in valid JSON: objects directly inside its brackets. */
function lineOfElement(text: string, index: number): number {
  let depth = 0;
  let line = 1;
  let left = index;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s"[\]{},]+/g)) {
    if (token === '\n') line += 1;
    else if (depth === 2 && token === ',') left -= 1;
    else if (depth === 2 && left === 0) return line;
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
  }
  return line;
}
