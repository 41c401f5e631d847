import { z } from 'zod';
import { environments } from './deploy.ts';
import { evidence } from './evidence.ts';
import { actions, network, run } from './pipeline.ts';
import { vault } from './vault.ts';

/**
 * `sluice.yaml`, as one schema: it validates the file, types it, fills defaults, and `schemas/sluice.schema.json` for
 * editors and the reference page are generated from it. Every object is strict: an unknown key is a mistake, not a wish.
 */

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  KiB: 2 ** 10,
  MB: 1e6,
  MiB: 2 ** 20,
  GB: 1e9,
  GiB: 2 ** 30,
};
const SIZE = /^(\d{1,6}(?:\.\d{1,3})?)\s?(B|KB|KiB|MB|MiB|GB|GiB)$/;

const size = z
  .string()
  .regex(SIZE, 'a size such as 64MiB or 500KB')
  .transform((text) => {
    const [, amount = '0', unit = 'B'] = SIZE.exec(text) ?? [];
    return Math.round(Number(amount) * (UNITS[unit] ?? 1));
  });

const date = z.iso.date('a date such as 2027-01-31');
const cel = z.string().min(1).max(4_000);
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens');
const path = z.string().min(1).max(1_000);

const scan = z
  .strictObject({
    families: z.array(name).min(1).optional().describe('Families of checks to run; all of them when left out.'),
    exclude: z.array(z.string().min(1)).max(1_000).default([]).describe('Paths left out, in the syntax of .gitignore.'),
    maxFileSize: size.default(32 * 2 ** 20).describe('A larger file is a problem, not silence.'),
    archiveDepth: z
      .int()
      .min(0)
      .max(8)
      .default(3)
      .describe('How deep archives within archives are opened; 0 opens none.'),
    budget: z.int().min(100).max(600_000).default(10_000).describe('Milliseconds one artifact may take.'),
    workers: z.int().min(0).max(64).optional().describe('Worker threads; by default as many as help.'),
  })
  .describe('What is read, and its bounds.');

const secrets = z
  .strictObject({
    rules: z
      .array(path)
      .max(20)
      .default([])
      .describe('gitleaks configuration files, read unchanged, beside the shipped rules.'),
    shipped: z.boolean().default(true).describe('Whether the shipped rules take part.'),
    disabled: z.array(z.string()).max(1_000).default([]).describe('Rule ids that do not take part.'),
  })
  .describe('The secrets family.');

const suppressions = z
  .strictObject({
    requireReason: z
      .boolean()
      .default(false)
      .describe('A suppression without a reason does not count, and is a problem.'),
    ignoreFiles: z.array(path).default(['.gitleaksignore']).describe('Files of fingerprints that are ignored.'),
  })
  .describe('How a finding may be set aside. What is set aside stays in every report.');

const rule = z.strictObject({
  name: name.describe('Shown with the verdict.'),
  when: cel.describe('CEL; refuses when it holds. Asked of each finding if it reads `finding`, else once.'),
  message: z.string().max(500).optional().describe('Said to the person who is stopped.'),
  graceDays: z.int().min(0).max(3_650).optional().describe('Days after a finding is first seen before it refuses.'),
  from: date.optional().describe('Before this day the rule only warns.'),
});

const policy = z
  .strictObject({
    rules: z
      .array(rule)
      .max(200)
      .optional()
      .describe('Instead of the default rule, which refuses new findings of high severity.'),
    limits: z
      .record(name, z.int().min(0))
      .default({})
      .describe('Most open findings by family; `all` counts every family.'),
    problems: z
      .strictObject({
        when: cel.default('true').describe('Which problems count; CEL over `problem`.'),
        outcome: z
          .enum(['incomplete', 'refused', 'warning'])
          .default('incomplete')
          .describe('What they do to the verdict.'),
      })
      .prefault({})
      .describe('What it means that the scan could not do everything.'),
  })
  .describe('What is let through.');

export const configSchema = z
  .strictObject({
    version: z.literal(1).default(1).describe('The version of this format.'),
    scan: scan.prefault({}),
    secrets: secrets.prefault({}),
    suppressions: suppressions.prefault({}),
    baseline: path.optional().describe('A baseline file: what it lists is not new.'),
    policy: policy.prefault({}),
    network: network.prefault({}),
    actions: actions.prefault({}),
    run: run.prefault({}),
    vault: vault.prefault({}),
    evidence: evidence.prefault({}),
    environments: environments.default({}),
  })
  .describe('Configuration of Sluice.');

/** `--policy FILE`: the same as the `policy` key, in a file of its own, so that a change cannot loosen what judges it. */
export const policySchema = policy;

/** A configuration with every default filled in. Sizes are bytes, budgets milliseconds. */
export type Config = z.infer<typeof configSchema>;
export type PolicyConfig = z.infer<typeof policySchema>;
