import { type EvidenceFacts, NO_EVIDENCE, type RejectedEvidence } from '#core/evidence.ts';
import { Refusal } from '#core/refusal.ts';
import type { Digest } from '#core/statement.ts';
import { holdToSubject } from './about.ts';
import { factsOf } from './facts.ts';
import { digestNames, openEntry } from './ledger/entry.ts';
import { type ReadOptions, readLedger } from './ledger/read.ts';
import type { Proven } from './proven.ts';
import { PREDICATE } from './statements/predicate-types.ts';
import { provenanceSchema } from './statements/provenance.ts';
import { type Trust, verifyBundle } from './verify.ts';

/** What evidence is asked for, and whose counts. */
export interface Question extends ReadOptions {
  readonly artifact: Digest;
  readonly trust: Trust;
  readonly now: Date;
  /** Approvals of other environments do not count; without one, those of all are told. */
  readonly environment?: string;
}

/**
 * All that a ledger proves about an artifact. Never throws for what is wrong with the ledger: then nothing is proven, and
 * `rejected` says why.
 */
export function collectEvidence(folder: string, question: Question): EvidenceFacts {
  const { artifact, now, environment } = question;
  try {
    const direct = about(folder, artifact, question);
    const source = sourceOf(direct.proven);
    const behind = source === undefined ? [] : about(folder, source, question).proven.filter(isOfSource);
    const proven = [...direct.proven, ...behind].toSorted((a, b) => a.entry - b.entry);
    return factsOf(proven, direct.rejected, now, environment);
  } catch (error) {
    const { code = 'ledger-unreadable', message } = error as Error & { code?: string };
    return { ...NO_EVIDENCE, rejected: [{ entry: -1, type: '', code, reason: message }] };
  }
}

/**
 * What was tested, scanned and reviewed is the source; what ships is made from it. The last provenance of an artifact says
 * from which one, by digest, and so what is proven about that source is proven about the artifact. Nothing else is taken
 * over: who approved a commit has not approved what somebody built from it.
 */
const isOfSource = ({ statement }: Proven): boolean => OF_SOURCE.has(statement.predicateType);
const OF_SOURCE: ReadonlySet<string> = new Set([PREDICATE.tests, PREDICATE.verification, PREDICATE.review]);

function sourceOf(proven: readonly Proven[]): Digest | undefined {
  const last = proven.findLast(({ statement }) => statement.predicateType === PREDICATE.provenance);
  const checked = provenanceSchema.safeParse(last?.statement.predicate);
  if (!checked.success) return undefined;
  const { resolvedDependencies = [] } = checked.data.buildDefinition;
  return resolvedDependencies.find(({ uri, digest }) => digest !== undefined && uri?.startsWith('git+'))?.digest;
}

interface Judged {
  readonly proven: readonly Proven[];
  readonly rejected: readonly RejectedEvidence[];
}

/** @throws Refusal, SluiceError for a ledger that cannot be believed */
function about(folder: string, artifact: Digest, question: Question): Judged {
  const needles = digestNames(artifact).map((name) => Buffer.from(`"${name}"`));
  const found: { index: number; line: Buffer }[] = [];
  readLedger(folder, question, (index, line) => {
    // A copy, since the line is a part of what was read at once.
    if (needles.some((needle) => line.includes(needle))) found.push({ index, line: Buffer.from(line) });
  });
  const proven: Proven[] = [];
  const rejected: RejectedEvidence[] = [];
  for (const { index, line } of found) {
    const judged = judge(index, line, { ...question, artifact });
    if ('statement' in judged) proven.push(judged);
    else rejected.push(judged);
  }
  return { proven, rejected };
}

/** Clocks of honest machines differ by minutes. */
const TOLERANCE_MS = 5 * 60_000;

function judge(index: number, line: Buffer, { artifact, trust, now }: Question): Proven | RejectedEvidence {
  let type = '';
  try {
    const { entry, bundle } = openEntry(line);
    type = entry.type;
    const time = new Date(entry.at);
    if (time.getTime() > now.getTime() + TOLERANCE_MS) throw new Refusal('from-the-future', `it is dated ${entry.at}`);
    const { statement, signer } = verifyBundle(bundle, trust, { time });
    if (statement === undefined) throw new Refusal('payload-unknown', 'it holds no statement');
    holdToSubject(statement, artifact);
    return { entry: index, statement, by: signer.name, at: time };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { entry: index, type, code: error.code, reason: error.message };
  }
}
