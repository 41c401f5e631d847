import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { SandboxCommand, SandboxExit } from '#core/sandbox.ts';
import { inheritedDescriptors } from './inherited.ts';
import { Output } from './output.ts';
import { closeAll, type Pipes } from './pipes.ts';

/** A command as a driver wants it started. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  /** Of the programs that make the sandbox; nothing of it reaches the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Descriptors from 4 on; closed here once the process has started. 3 is where the sandbox says how the command fared. */
  readonly descriptors: readonly number[];
  /** How the command's processes are reached, by the host's numbers. */
  readonly reach: Reach;
  /** Whether the sandbox says by descriptor 3 that the command ended. Else the process started is the command. */
  readonly reports: boolean;
  /** Own process group, so that a signal reaches all of the command's processes. */
  readonly detached: boolean;
  readonly onStart?: (pid: number) => void;
}

export interface Reach {
  /** Asks the command and the processes of its group to end; false where it has not begun. */
  ask(started: number, signal: 'SIGINT' | 'SIGTERM'): boolean;
  /** Ends the command and all that it started. */
  kill(started: number): void;
}

/** Thrown where the sandbox of a step could not be made; the text is what the sandbox's program said. */
export class Unmade extends Error {
  override readonly name = 'Unmade';
}

/** What GitHub's runner does when a job is cancelled: SIGINT, SIGTERM after 7.5 s, and the end after 2.5 s more. */
const TERMINATE_AFTER_MS = 7_500;
const KILL_AFTER_MS = 10_000;
const COMPLAINT = 2_000;

type Ended = Exclude<SandboxExit['ended'], 'memory'>;

/** Runs one command to its end. `kills` counts what the kernel killed for memory. */
export async function runStep(
  command: SandboxCommand,
  launch: Launch,
  pipes: Pipes,
  memoryKills: () => number,
): Promise<SandboxExit> {
  const before = memoryKills();
  const input = pipes.input(command.stdin);
  const [stdout, stderr] = [pipes.open(), pipes.open()];
  const [file, ...args] = launch.argv;
  const child = spawn(file, args, {
    cwd: launch.cwd,
    env: { ...launch.env },
    stdio: covered([input, stdout.write, stderr.write, 'pipe', ...launch.descriptors], input),
    detached: launch.detached,
  });
  if (child.pid !== undefined) launch.onStart?.(child.pid);
  closeAll([input, stdout.write, stderr.write, ...launch.descriptors]);
  const complaint = tail(stderr.read);
  const output = new Output(stdout.read, stderr.read, command.onOutput);
  const watch = watchEnd(command, launch, child);
  try {
    const code = await ending(child, launch.reports);
    await output.rest();
    if (code === undefined && watch.ended === 'itself') {
      if (memoryKills() > before) return { code: 137, ended: 'memory' };
      const code = notStarted(complaint());
      if (code === undefined) throw new Unmade(complaint().trim());
      await command.onOutput(Buffer.from(complaintOf(command.argv[0], code)), 'stderr');
      return { code, ended: 'itself' };
    }
    const killed = (code ?? 137) !== 0 && watch.ended === 'itself' && memoryKills() > before;
    return { code: code ?? 137, ended: killed ? 'memory' : watch.ended };
  } finally {
    watch.stop();
  }
}

type Stdio = number | 'pipe' | 'ignore';

/** As a shell has it: 127 where the command does not exist, 126 where it cannot be executed. Nothing but bubblewrap has spoken by then. */
function notStarted(complaint: string): 126 | 127 | undefined {
  const why = /^bwrap: execvp .*: ([^:\n]+)$/m.exec(complaint)?.[1];
  if (why === undefined) return undefined;
  return why === 'No such file or directory' ? 127 : 126;
}

const complaintOf = (command: string, code: 126 | 127): string =>
  `${command}: ${code === 127 ? 'command not found' : 'cannot be executed'}\n`;

/** With something harmless in place of every descriptor of ours that the process would else inherit. */
function covered(stdio: readonly Stdio[], harmless: number): Stdio[] {
  const all = [...stdio];
  for (const descriptor of inheritedDescriptors(stdio.length)) {
    while (all.length < descriptor) all.push('ignore');
    all[descriptor] = harmless;
  }
  return all;
}

/** The exit code of the command; `undefined` where the sandbox ended without one. */
function ending(child: ChildProcess, reports: boolean): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let said = '';
    const report = child.stdio[3] as Readable;
    const reported = (): number | undefined => {
      const code = /"exit-code":\s*(\d{1,3})/.exec(said)?.[1];
      return code === undefined ? undefined : Number(code);
    };
    report.on('error', () => undefined);
    report.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('latin1')).slice(-4_096);
      const code = reported();
      if (reports && code !== undefined) resolve(code);
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reports ? reject(error) : resolve(error.code === 'ENOENT' ? 127 : 126),
    );
    child.once('exit', (code, signal) => {
      if (!reports) resolve(code ?? 128 + numberOf(signal));
      else if (report.closed) resolve(reported());
      else report.once('close', () => resolve(reported()));
    });
  });
}

interface Watch {
  readonly ended: Ended;
  stop(): void;
}

function watchEnd(command: SandboxCommand, launch: Launch, child: ChildProcess): Watch {
  const state = { ended: 'itself' as Ended };
  const timers: NodeJS.Timeout[] = [];
  const end = (why: Ended): void => {
    const { pid } = child;
    if (state.ended !== 'itself' || pid === undefined) return;
    state.ended = why;
    if (!launch.reach.ask(pid, 'SIGINT')) {
      launch.reach.kill(pid);
      return;
    }
    timers.push(setTimeout(() => launch.reach.ask(pid, 'SIGTERM'), TERMINATE_AFTER_MS));
    timers.push(setTimeout(() => launch.reach.kill(pid), KILL_AFTER_MS));
  };
  const cancel = (): void => end('cancelled');
  // A delay beyond 31 bits would fire at once.
  timers.push(setTimeout(() => end('timeout'), Math.min(command.timeoutMs, 2 ** 31 - 1)));
  command.signal?.addEventListener('abort', cancel, { once: true });
  if (command.signal?.aborted) cancel();
  return {
    get ended() {
      return state.ended;
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      command.signal?.removeEventListener('abort', cancel);
    },
  };
}

function tail(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8', Math.max(0, chunk.length - COMPLAINT))).slice(-COMPLAINT);
  });
  return () => text;
}

const numberOf = (signal: NodeJS.Signals | null): number => (signal === null ? 9 : constants.signals[signal]);
