import { createHash } from 'node:crypto';
import { Secret } from '#core/secret.ts';
import { Masker } from '#pipeline/mask/masker.ts';
import type { Figure } from './process.ts';

/** What masking costs: the log of a build with fifty secrets in it, in pieces as a pipe gives them. */
const SECRETS = 50;
const LINES = 300_000;
const PIECE = 64 * 1024;
const ROUNDS = 3;
const LEAST = 100;

const secretOf = (index: number): string =>
  createHash('sha256')
    .update(`secret ${index}`)
    .digest(index % 2 === 0 ? 'hex' : 'base64')
    .slice(0, 40);

function logOf(line: (index: number) => string): Buffer {
  const lines = Array.from({ length: LINES }, (_, index) =>
    index % 1_000 === 0 ? `token=${secretOf((index / 1_000) % SECRETS)}\n` : line(index),
  );
  return Buffer.from(lines.join(''));
}

const plain = (index: number): string =>
  `2026-11-24T13:5${index % 10}:1${index % 9}.${index % 1_000}Z [${index}] INFO server/request.ts:${index % 400} GET /items/${(index * 7_919).toString(16)}?page=${index % 50} 200 ${index % 300} ms\n`;

/** Megabytes a second of processor time, the median of the rounds. */
function speed(masker: Masker, log: Buffer): number {
  const speeds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    const stream = masker.stream();
    for (let at = 0; at < log.length; at += PIECE) stream.write(log.subarray(at, at + PIECE));
    stream.end();
    const { user, system } = process.cpuUsage(before);
    return log.length / (user + system);
  });
  return speeds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

export function run(): Figure[] {
  const masker = new Masker();
  for (let index = 0; index < SECRETS; index += 1) masker.add(new Secret(secretOf(index)));
  const logs: Readonly<Record<string, Buffer>> = {
    'a log': logOf(plain),
    'a coloured log': logOf((index) => plain(index).replace('INFO', '\x1b[32mINFO\x1b[39m')),
    'a log of base64': Buffer.from(logOf(plain).toString('base64')),
    'a log of hexadecimal': Buffer.from(logOf(plain).toString('hex')),
  };
  return Object.entries(logs).map(([what, log]) => {
    const measured = speed(masker, log);
    return {
      what: `masking ${SECRETS} secrets in ${what}`,
      measured: `${Math.round(measured)} MB per CPU second`,
      target: `at least ${LEAST}`,
      met: measured >= LEAST,
    };
  });
}
