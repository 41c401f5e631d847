import { z } from 'zod';
import { CONFIDENCES, SEVERITIES } from '#core/severity.ts';

/**
 * The JSON report, version 1. Within a version fields are only added, never renamed, removed or given another meaning;
 * readers must ignore fields they do not know. Lines and columns count from 1, columns in UTF-16 code units; an end column
 * is one past the last character. Times are left out: the same scan gives the same bytes.
 */

const Origin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file') }),
  z.object({
    kind: z.literal('commit'),
    commit: z.string(),
    author: z.string(),
    email: z.string(),
    date: z.string().describe('Author date, ISO 8601.'),
  }),
  z.object({ kind: z.literal('layer'), digest: z.string() }),
  z.object({ kind: z.literal('url'), url: z.string() }),
]);

const Range = {
  path: z.string().describe('POSIX path relative to the target; a member of an archive follows its archive after "!".'),
  startLine: z.int().min(1),
  startColumn: z.int().min(1),
  endLine: z.int().min(1),
  endColumn: z.int().min(1),
};

const Frame = z.object({ firstLine: z.int().min(1), lines: z.array(z.string()) });

const Location = z
  .object({ ...Range, origin: Origin, frame: Frame.optional() })
  .describe('A place. The lines of its frame have every secret masked, so columns need not fit them.');

const Suppression = z.object({
  kind: z.enum(['inline', 'ignore-file', 'baseline']),
  by: z.string().describe('The comment or file that says so.'),
  reason: z.string().optional(),
  until: z.string().optional().describe('ISO date; from the next day on the finding counts again.'),
  path: z.string().optional(),
  line: z.int().min(1).optional(),
});

const Secret = z.object({
  masked: z.string().describe('What may be shown of the value. The value itself is in no report.'),
  proofs: z.array(z.string()),
  verification: z.enum(['active', 'inactive', 'unknown']).optional(),
  inHead: z.boolean().optional(),
});

const Fix = z
  .object({ description: z.string(), edits: z.array(z.object({ ...Range, text: z.string() })) })
  .describe('Replace each range with its text, all or none.');

const Finding = z.object({
  fingerprint: z.string().describe('Survives moved lines, renamed files and reformatting.'),
  check: z.string(),
  title: z.string(),
  message: z.string(),
  remedy: z.string(),
  severity: z.enum(SEVERITIES),
  confidence: z.enum(CONFIDENCES),
  cwe: z.array(z.int()),
  tags: z.array(z.string()),
  isNew: z.boolean(),
  location: Location,
  places: z.array(Location).describe('The other places of the same root cause.'),
  suppression: Suppression.optional(),
  secret: Secret.optional(),
  trace: z.array(z.object({ location: Location, message: z.string() })).optional(),
  fix: Fix.optional(),
});

const Problem = z
  .object({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    path: z.string().optional(),
    line: z.int().optional(),
    check: z.string().optional(),
  })
  .describe('Something the scan could not do.');

const Check = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  confidence: z.enum(CONFIDENCES),
  cwe: z.array(z.int()),
  tags: z.array(z.string()),
  remedy: z.string(),
  lifecycle: z.enum(['trial', 'stable', 'retired']),
});

const Target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), path: z.string() }),
  z.object({ kind: z.literal('staged'), path: z.string() }),
  z.object({ kind: z.literal('since'), path: z.string(), revision: z.string() }),
  z.object({ kind: z.literal('history'), path: z.string(), commits: z.string().optional() }),
  z.object({ kind: z.literal('archive'), path: z.string() }),
  z.object({ kind: z.literal('url'), url: z.string(), history: z.boolean() }),
]);

const Coverage = z.object({
  artifacts: z.int().describe('Artifacts that a check read.'),
  bytes: z.int(),
  binary: z.int().describe('Binary artifacts, not read as text.'),
  excluded: z.int().describe('Ignored by git or excluded by the configuration.'),
  commits: z.int().optional(),
  checks: z.int(),
});

const Verdict = z.object({
  outcome: z.enum(['pass', 'refused', 'incomplete']),
  reasons: z.array(
    z.object({
      rule: z.string(),
      outcome: z.enum(['refused', 'incomplete', 'warning']),
      message: z.string(),
      findings: z.array(z.string()).describe('Fingerprints.'),
      problems: z.int(),
    }),
  ),
});

/** The shape of `--format json`; `schemas/report.schema.json` is generated from it. */
export const reportSchema = z
  .object({
    version: z.literal(1),
    tool: z.object({ name: z.literal('sluice'), version: z.string() }),
    target: Target,
    verdict: Verdict,
    coverage: Coverage,
    problems: z.array(Problem),
    findings: z.array(Finding),
    checks: z.array(Check).describe('The checks that have findings.'),
  })
  .describe('The result of sluice scan.');

export type JsonReport = z.infer<typeof reportSchema>;
