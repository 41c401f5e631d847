import { z } from 'zod';
import type { CheckId } from '#core/check.ts';
import { type FilePosition, SluiceError } from '#core/error.ts';
import { BASELINE_VERSION, type Baseline } from './baseline.ts';

/** Apart from `baseline.ts` because a scan without a baseline must not load a validator. */

const isoDate = z.iso.date('must be a day such as 2027-01-31');

const entrySchema = z.strictObject({
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
  check: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'must be the name of a check: family/name'),
  path: z.string(),
  note: z.string().optional(),
  since: isoDate,
});

/** The baseline file, version 1. */
export const baselineSchema = z.strictObject({
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
  const entries = result.data.findings.map(({ note, check, ...rest }) => ({
    ...rest,
    check: check as CheckId,
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
