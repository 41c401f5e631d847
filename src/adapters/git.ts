import { existsSync } from 'node:fs';
import { SluiceError } from '#core/error.ts';
import type { Git, GitOptions } from '#core/ports.ts';
import { type Allowance, disarm, type GitSetting, gitEnvironment } from './git-environment.ts';
import { findProgram, type RunningProcess, startProcess } from './process.ts';

/** The first version that takes settings from numbered variables; an older one would obey the repository instead. */
const OLDEST = [2, 31] as const;

/** Subcommands that print changes, and would start a repository's diff and text-conversion programs to do so. */
const PRINT_CHANGES = new Set(['diff', 'diff-files', 'diff-index', 'diff-tree', 'log', 'show', 'whatchanged']);

/** Options before the subcommand whose value is the next argument. */
const WITH_VALUE = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace']);

export interface GitProgramOptions extends Omit<Allowance, 'protocols'> {
  /** The environment to find git and the network's settings in; that of this process when not given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long a git that may not use the network can say nothing; half a minute when not given. */
  readonly patienceMs?: number;
}

/** Longer than any disk needs. A hostile `.gitignore`, `.git/config` or `HEAD` can be a FIFO, and git waits for ever to read one. */
const PATIENCE_MS = 30_000;

/**
 * The git program behind the {@link Git} port. See `docs/adr/0005-git-is-disarmed.md` for what is disarmed and how.
 *
 * Errors: `git-missing`, `git-too-old`, `git-failed`, `git-stuck`, `git-output-too-large`, `path-not-found` (no such `cwd`).
 */
export function createGit(options: GitProgramOptions = {}): Git {
  return new GitProgram(options);
}

class GitProgram implements Git {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #allowance: Allowance;
  readonly #drivers = new Map<string, Promise<readonly GitSetting[]>>();
  readonly #patienceMs: number;
  #file: Promise<string> | undefined;

  constructor({ env = process.env, patienceMs = PATIENCE_MS, ...allowance }: GitProgramOptions) {
    this.#env = env;
    this.#patienceMs = patienceMs;
    this.#allowance = allowance;
  }

  async run(args: readonly string[], options: GitOptions): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.stream(args, options)) {
      size += chunk.length;
      if (options.maxBytes !== undefined && size > options.maxBytes) throw tooLarge(options.maxBytes);
      chunks.push(chunk);
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  async *stream(args: readonly string[], options: GitOptions): AsyncIterable<Buffer> {
    const child = await this.#start(args, options);
    let complete = false;
    try {
      // What a remote needs is for whoever asked it to bound.
      yield* options.protocols === undefined ? patiently(child, this.#patienceMs) : child.output;
      complete = true;
    } finally {
      // Whoever stops reading early has what they wanted; git has not, and would wait for the pipe for ever.
      if (!complete) child.kill();
    }
    const { code, stderr } = await child.ended;
    if (code !== 0) throw failed(stderr, code);
    if (options.onWarning !== undefined)
      for (const line of stderr.split('\n')) if (line !== '') options.onWarning(line);
  }

  async #start(args: readonly string[], options: GitOptions): Promise<RunningProcess> {
    this.#file ??= this.#find();
    const file = await this.#file;
    if (!existsSync(options.cwd)) throw new SluiceError('path-not-found', 'The folder to run git in does not exist.');
    const drivers = await this.#driversOf(file, options.cwd, args.slice(0, subcommandIndex(args)));
    return this.#spawn(file, args, options, drivers);
  }

  #spawn(file: string, args: readonly string[], options: GitOptions, drivers: readonly GitSetting[]): RunningProcess {
    return startProcess({
      file,
      args: withoutPrograms(args),
      cwd: options.cwd,
      env: gitEnvironment(this.#env, { ...this.#allowance, protocols: options.protocols ?? [] }, drivers),
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  async #find(): Promise<string> {
    const file = findProgram('git', this.#env['PATH'] ?? '');
    if (file === undefined) {
      throw new SluiceError('git-missing', 'The git program was not found.', {
        hint: 'Install git 2.31 or newer and see that it is on the PATH.',
      });
    }
    const version = await this.#collect(this.#spawn(file, ['version'], { cwd: process.cwd() }, []));
    if (!isRecent(version)) {
      throw new SluiceError('git-too-old', 'This git is too old to read an untrusted repository safely.', {
        hint: 'Install git 2.31 or newer.',
      });
    }
    return file;
  }

  /** Asked once for each repository: its configuration cannot change while nothing of it is obeyed. */
  #driversOf(file: string, cwd: string, where: readonly string[]): Promise<readonly GitSetting[]> {
    const key = [cwd, ...where].join('\0');
    let drivers = this.#drivers.get(key);
    if (drivers === undefined) {
      const child = this.#spawn(file, [...where, 'config', '--null', '--name-only', '--list'], { cwd }, []);
      // Outside a repository there is no configuration, and what is wrong inside one the command itself will say.
      drivers = this.#collect(child).then((names) => disarm(names.split('\0')));
      this.#drivers.set(key, drivers);
    }
    return drivers;
  }

  async #collect(child: RunningProcess): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of patiently(child, this.#patienceMs)) chunks.push(chunk);
    await child.ended;
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** What a process prints; killed where it prints nothing for so long. Time that the reader takes does not count. */
async function* patiently(child: RunningProcess, patienceMs: number): AsyncGenerator<Buffer> {
  const output = child.output[Symbol.asyncIterator]();
  let stuck = false;
  const giveUp = (): void => {
    stuck = true;
    child.kill();
  };
  for (;;) {
    const timer = setTimeout(giveUp, patienceMs);
    const next = await output.next().finally(() => clearTimeout(timer));
    if (stuck) {
      throw new SluiceError('git-stuck', 'git did not answer in time.', {
        hint: 'Look for a FIFO named .gitignore or .gitattributes, or in .git: git waits for ever to read one.',
      });
    }
    if (next.done === true) return;
    yield next.value;
  }
}

/** Callers need not remember it: a subcommand that prints changes never gets to start a repository's programs. */
function withoutPrograms(args: readonly string[]): readonly string[] {
  const at = subcommandIndex(args);
  if (!PRINT_CHANGES.has(args[at] ?? '')) return args;
  return [...args.slice(0, at + 1), '--no-ext-diff', '--no-textconv', ...args.slice(at + 1)];
}

function subcommandIndex(args: readonly string[]): number {
  let at = 0;
  while (at < args.length && args[at]?.startsWith('-')) at += WITH_VALUE.has(args[at] as string) ? 2 : 1;
  return at;
}

function isRecent(version: string): boolean {
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
}

function failed(stderr: string, code: number | null): SluiceError {
  const line = stderr.split('\n').find((each) => each.trim() !== '') ?? `git ended with code ${code}`;
  const message = printable(withoutCredentials(line.replace(/^(?:fatal|error): /, '')));
  const hint = /dubious ownership|unsafe repository/.test(stderr)
    ? 'This git cannot read the repository of another user; 2.38 and newer can.'
    : undefined;
  return new SluiceError('git-failed', message, hint === undefined ? {} : { hint });
}

/** An address that git repeats may hold a user's password or token. */
const withoutCredentials = (line: string): string => line.replace(/:\/\/[^/@\s]*@/g, '://********@');

const LONGEST_MESSAGE = 300;

/** A server or a file name may put anything into what git says: escape sequences, or no end. */
const printable = (line: string): string =>
  line
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST_MESSAGE);

const tooLarge = (maxBytes: number): SluiceError =>
  new SluiceError('git-output-too-large', `git wrote more than ${maxBytes} bytes.`);

/** The git of this machine, found by the environment of this process. */
export const gitProgram: Git = createGit();
