import { spawn } from 'node:child_process';
import type { BlobHit, Examiner } from '#source/history/examiner.ts';

/** One (rule, secret, path, commit); the secret as its bytes in latin1. */
export interface LogHit {
  readonly rule: string;
  readonly secret: string;
  readonly path: string;
  readonly commit: string;
}

/**
 * The plain way to scan a history, as gitleaks does it: let git print every commit as a patch, and look at the lines that
 * each hunk adds. Slow and obvious on purpose; it is what the fast way is compared with.
 */
export async function scanLog(gitDir: string, examiner: Examiner, extra: readonly string[] = []): Promise<LogHit[]> {
  const hits: LogHit[] = [];
  for await (const { commit, path, text } of hunksOfLog(gitDir, extra)) {
    const found: BlobHit[] = [];
    examiner.examine(text, text.length, Uint32Array.of(0, text.length), 2, found);
    for (const hit of found) {
      if (hit.opening || !examiner.accepts(hit, path, commit)) continue;
      hits.push({ rule: hit.rule, secret: text.toString('latin1', hit.secretStart, hit.secretEnd), path, commit });
    }
  }
  return hits;
}

interface Hunk {
  readonly commit: string;
  readonly path: string;
  readonly text: Buffer;
}

const LOG = ['log', '-p', '-U0', '--full-history', '--all', '--no-color', '--no-ext-diff', '--no-textconv'];
const SETTINGS = ['core.quotePath=false', 'core.bare=true', 'safe.directory=*', 'log.showSignature=false'];

async function* hunksOfLog(gitDir: string, extra: readonly string[]): AsyncGenerator<Hunk> {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const child = spawn(
    'git',
    [...settings, '--no-replace-objects', '--git-dir', gitDir, ...LOG, '--format=commit %H', ...extra],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let commit = '';
  let path = '';
  let removed = 0;
  let added = 0;
  let hunk: Buffer[] = [];
  for await (const line of linesOf(child.stdout)) {
    const first = String.fromCharCode(line[0] ?? 0);
    if (first === '\\') {
      // "No newline at end of file" is about the line before it.
      if (removed === 0 && added === 0 && hunk.length > 0) hunk.push((hunk.pop() as Buffer).subarray(0, -1));
    } else if (removed > 0) removed--;
    else if (added > 0) {
      hunk.push(line.subarray(1));
      added--;
    } else {
      if (hunk.length > 0) yield { commit, path, text: Buffer.concat(hunk) };
      hunk = [];
      const text = line.toString('latin1').replace(/\n$/, '');
      const numbers = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text);
      if (numbers !== null) {
        removed = Number(numbers[1] ?? 1);
        added = Number(numbers[2] ?? 1);
      } else if (text.startsWith('commit ')) commit = text.slice('commit '.length);
      else if (text.startsWith('+++ ')) path = pathIn(text.slice(4));
    }
  }
  if (hunk.length > 0) yield { commit, path, text: Buffer.concat(hunk) };
}

function pathIn(header: string): string {
  const name = header.replace(/\t$/, '');
  if (!name.startsWith('"')) return decode(name.replace(/^b\//, ''));
  const bytes = name
    .slice(1, -1)
    .replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .replace(/\\([abtnvfr"\\])/g, (_, letter: string) => CONTROL[letter] ?? letter);
  return decode(bytes.replace(/^b\//, ''));
}

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const text: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = text.indexOf(10); end !== -1; end = text.indexOf(10, from)) {
      yield text.subarray(from, end + 1);
      from = end + 1;
    }
    rest = text.subarray(from);
  }
  if (rest.length > 0) yield rest;
}
