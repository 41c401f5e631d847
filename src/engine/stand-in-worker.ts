import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Artifact, ArtifactRef } from '#core/artifact.ts';
import type { CheckId, CheckSummary, InspectionSink, Inspector } from '#core/check.ts';
import { plain, Secret } from '#core/secret.ts';
import { Text } from '#core/text.ts';
import type { ArtifactReader, Parts, Preparation } from './parts.ts';
import { runWorker } from './worker.ts';

/**
 * A family of checks that does on command what real ones do by mistake, for the tests of the engine. `BAD(x)` is a hit
 * whose cause is `x`; `SECRET(x)` is one whose value must never be seen; `LONE(x)` has an anchor that others share, and `WEAK(x)` one that says so. In
 * the second family, `THROW`, `HANG`, `BACKTRACK`, `BOMB` and `EXIT` do what they say.
 */
export interface StandInSetup {
  /** Milliseconds that each artifact whose path holds this word takes longer. */
  readonly slow?: Readonly<Record<string, number>>;
}

const summary = (id: CheckId, more: Partial<CheckSummary> = {}): CheckSummary => ({
  id,
  title: `Title of ${id}`,
  severity: 'high',
  confidence: 'medium',
  cwe: [1],
  tags: [],
  remedy: 'Take it out.',
  lifecycle: 'stable',
  ...more,
});

export const STAND_IN_CHECKS: readonly CheckSummary[] = [
  summary('code/bad', { tags: ['B999', 'CKV_BAD_1'] }),
  summary('secrets/secret', { severity: 'critical' }),
  summary('code/lone', { severity: 'low' }),
  summary('trap/trap'),
];

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function marks(artifact: Artifact, sink: InspectionSink): void {
  if (artifact.text === undefined) return;
  for (const match of artifact.text.string.matchAll(/(BAD|SECRET|LONE|WEAK)\(\s*([^)]*?)\s*\)/g)) {
    const [whole, kind, value = ''] = match;
    const start = match.index + whole.indexOf(value, kind?.length);
    const span = { start, end: start + value.length };
    if (kind === 'SECRET') {
      const secret = { masked: new Secret(value).masked, proofs: ['it says so'] };
      sink.hit({ check: 'secrets/secret', span, secret, anchor: { key: value, stable: sha(value) } });
    } else if (kind === 'WEAK') {
      sink.hit({ check: 'secrets/secret', span, anchor: { key: value, stable: 'weak', weak: true } });
    } else if (kind === 'LONE') {
      sink.hit({ check: 'code/lone', span, anchor: { key: value, stable: 'alike' } });
    } else {
      const message = plain('It is bad.');
      sink.hit({ check: 'code/bad', span, message, anchor: { key: value, stable: sha(value) } });
    }
  }
}

const traps: Readonly<Record<string, (artifact: Artifact, sink: InspectionSink) => void>> = {
  THROW: (artifact) => {
    throw new RangeError(`quoting ${artifact.text?.string}`);
  },
  HANG: () => {
    for (;;);
  },
  BACKTRACK: (_, sink) => {
    sink.enter?.('trap/trap');
    /^(a+)+$/.test(`${'a'.repeat(60)}!`);
  },
  BOMB: () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
  },
  EXIT: () => process.exit(7),
};

function trap(artifact: Artifact, sink: InspectionSink): void {
  for (const [word, spring] of Object.entries(traps)) if (artifact.text?.string.includes(word)) spring(artifact, sink);
}

function sleep(path: string, { slow = {} }: StandInSetup): void {
  for (const [word, ms] of Object.entries(slow)) {
    if (path.includes(word)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }
}

function prepare(setup: StandInSetup): Preparation {
  const wants = (path: string): boolean => !path.endsWith('.unwanted');
  const first: Inspector = {
    wants,
    inspect: (artifact, sink) => {
      sleep(artifact.path, setup);
      marks(artifact, sink);
    },
  };
  return {
    inspectors: [
      { family: 'code', inspector: first },
      { family: 'trap', inspector: { wants, inspect: trap } },
    ],
    checks: STAND_IN_CHECKS,
  };
}

/**
 * Files as text, and a toy archive: a path that ends in `.box` holds members `name: content`, one a line. `.late` is read
 * with a wait, `.never` never comes, `.missing` throws.
 */
const reader: ArtifactReader = {
  expands: (path) => path.endsWith('.box'),
  read(ref, sink) {
    if (ref.path.endsWith('.missing')) throw Object.assign(new Error('quoting the content'), { code: 'ENOENT' });
    const bytes = bytesOf(ref);
    if (ref.path.endsWith('.never')) return new Promise(() => undefined);
    if (ref.path.endsWith('.late'))
      return Promise.resolve().then(() => sink.artifact(artifactOf(ref, ref.path, bytes)));
    if (!ref.path.endsWith('.box')) return sink.artifact(artifactOf(ref, ref.path, bytes));
    for (const line of bytes.toString('utf8').split('\n')) {
      const [name = '', content = ''] = line.split(': ');
      if (name === 'STUCK') for (;;);
      sink.artifact(artifactOf(ref, `${ref.path}!${name}`, Buffer.from(content)));
    }
  },
};

const bytesOf = ({ content }: ArtifactRef): Buffer =>
  content.kind === 'file' ? readFileSync(content.file) : Buffer.from(content.bytes);

function artifactOf(ref: ArtifactRef, path: string, bytes: Buffer): Artifact {
  const text = bytes.includes(0) ? undefined : new Text(bytes);
  return { path, origin: ref.origin, bytes, text, ...(ref.added === undefined ? {} : { added: ref.added }) };
}

export const STAND_IN: Parts<StandInSetup> = { prepare, reader };

/** Test runners have workers, too: only one that the engine started has its data. */
const startedByEngine = typeof workerData === 'object' && workerData !== null && 'beat' in workerData;
if (startedByEngine) await runWorker(parentPort, STAND_IN);
