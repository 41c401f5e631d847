import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { SluiceError } from '#core/error.ts';
import { Refusal } from '#core/refusal.ts';
import type { JsonObject, Statement, Subject } from '#core/statement.ts';
import type { BundleJson } from '#evidence/bundle.ts';
import { type ArtifactDigest, digestArtifact } from '#evidence/digest.ts';
import { isObject, parseJson } from '#evidence/json.ts';
import type { Receipt } from '#evidence/ledger/ledger.ts';
import { signatureStatement } from '#evidence/statements/deployment.ts';
import { predicateName, statementAbout } from '#evidence/statements/parse.ts';
import { approvalStatement } from '#evidence/statements/people.ts';
import { type NotaryOptions, openNotary } from './notary.ts';
import { readUserFile } from './user-file.ts';

/** What was signed, and what became of it. */
export interface SignedArtifact {
  readonly artifact: ArtifactDigest;
  readonly statement: Statement;
  readonly bundle: BundleJson;
  /** Absent where it was not to be kept. */
  readonly receipt?: Receipt;
}

/** How an artifact is signed. */
export interface SigningRequest extends Omit<NotaryOptions, 'clock'> {
  readonly repository: string;
  /** Whether the ledger of the repository keeps it. */
  readonly keep: boolean;
}

/** Says that the signer stands for an artifact. */
export async function signArtifact(path: string, request: SigningRequest): Promise<SignedArtifact> {
  return await sign(path, request, (subject) => signatureStatement(subject, systemClock.now()));
}

/**
 * Says what a file of the user says about an artifact.
 *
 * @throws SluiceError `predicate-not-found`, `predicate-invalid`
 */
export async function attestArtifact(
  path: string,
  type: string,
  predicateFile: string,
  request: SigningRequest,
): Promise<SignedArtifact> {
  const predicate = readPredicate(predicateFile);
  return await sign(path, request, (subject) => {
    try {
      return statementAbout(subject, type, predicate);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      throw new SluiceError('predicate-invalid', `${predicateFile}: ${cause.message}`, { cause });
    }
  });
}

/** Lets an artifact into an environment, as far as one person can. */
export async function approveArtifact(
  path: string,
  environment: string,
  said: { readonly comment?: string; readonly hours?: number },
  request: SigningRequest,
): Promise<SignedArtifact> {
  const { comment, hours } = said;
  const now = systemClock.now();
  const until = hours === undefined ? undefined : new Date(now.getTime() + hours * 3_600_000);
  return await sign(path, request, (subject) =>
    approvalStatement(subject, {
      environment,
      approvedOn: now.toISOString(),
      ...(comment === undefined ? {} : { comment }),
      ...(until === undefined ? {} : { expiresOn: until.toISOString() }),
    }),
  );
}

async function sign(
  path: string,
  request: SigningRequest,
  say: (subject: readonly Subject[]) => Statement,
): Promise<SignedArtifact> {
  const artifact = digestArtifact(path);
  const { name, digest } = artifact;
  const statement = say([{ name: subjectName(path, name, request.repository), digest }]);
  const notary = await openNotary(request.repository, { ...request, clock: systemClock });
  if (!request.keep) return { artifact, statement, bundle: await notary.sign(statement) };
  const { bundles, ...receipt } = await notary.record([statement]);
  const [bundle] = bundles;
  if (bundle === undefined) throw new Error('a record without its bundle');
  return { artifact, statement, bundle, receipt };
}

/** For people: the path in the repository, where it lies in it. */
function subjectName(path: string, name: string, repository: string): string {
  if (!existsSync(path)) return name;
  const from = relative(repository, resolve(path)).replaceAll('\\', '/');
  return from === '' || from.startsWith('..') ? name : from;
}

function readPredicate(file: string): JsonObject {
  try {
    const json = parseJson(Buffer.from(readUserFile(file, 'predicate-not-found')), 'it');
    if (isObject(json)) return json;
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new SluiceError('predicate-invalid', `${file}: ${cause.message}`, { cause });
  }
  throw new SluiceError('predicate-invalid', `${file} is not a JSON object`);
}

/** The digest of an artifact. */
export const digestOf = (path: string): ArtifactDigest['digest'] => digestArtifact(path).digest;

export { predicateName };
