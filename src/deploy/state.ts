import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import type { DurableFile } from '#core/secret-source.ts';

const hex = z.string().regex(/^(?:[0-9a-f]{2}){20,64}$/);
const digest = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,31}$/), hex);
const releaseName = z.string().regex(/^[a-z0-9]{4,20}-[0-9a-f]{40,128}(?:\.\d{1,6})?$/);

const releaseSchema = z.strictObject({
  /** The name of its folder among the releases. */
  name: releaseName,
  /** The artifact that it was made from. */
  artifact: z.strictObject({ name: z.string().max(4_096), digest }),
  /** SHA-256 of the list of its files; of an image, of its digest. */
  content: z.string().regex(/^[0-9a-f]{64}$/),
  installedOn: z.iso.datetime(),
});

const recordSchema = z.strictObject({
  environment: z.string(),
  kind: z.string(),
  action: z.enum(['deployed', 'rolled-back', 'failed']),
  artifact: z.strictObject({ name: z.string(), digest }),
  release: releaseName,
  content: z.string(),
  startedOn: z.iso.datetime(),
  finishedOn: z.iso.datetime(),
  replaced: digest.optional(),
  reason: z.string().max(4_000).optional(),
  verdict: z.enum(['pass', 'refused', 'incomplete']).optional(),
});

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** In the order in which they went live, the latest last; each once. */
  releases: z.array(releaseSchema).max(2_000),
  /** What was done and is not in the ledger yet: written before and after, so that no kill loses a record. */
  unrecorded: z.array(recordSchema).max(1_000),
});

/** A release of an environment. */
export type Release = z.output<typeof releaseSchema>;
/** What was done to an environment: the content of the statement that is signed. */
export type DeploymentRecord = z.output<typeof recordSchema>;
export type DeployState = z.output<typeof stateSchema>;

const EMPTY_STATE: DeployState = { version: 1, releases: [], unrecorded: [] };

/** @throws SluiceError `deploy-state-invalid` */
export function parseState(content: Buffer | undefined, path: string): DeployState {
  if (content === undefined) return EMPTY_STATE;
  try {
    return stateSchema.parse(JSON.parse(content.toString('utf8')));
  } catch (cause) {
    const hint = `The copy before the last change is ${path}.bak.`;
    throw new SluiceError('deploy-state-invalid', `${path} is not what it should be`, { hint, cause });
  }
}

/** Changes the state, all or nothing. */
export async function changeState(file: DurableFile, edit: (state: DeployState) => DeployState): Promise<void> {
  await file.change(async (content) =>
    Buffer.from(`${JSON.stringify(edit(parseState(content, file.path)), null, 2)}\n`),
  );
}
