import type { Readable } from 'node:stream';
import { LineReader } from './lines.ts';

/** What tracing tells of a step. */
export interface TraceSink {
  program(path: string): void;
  /** A connection that the command tried by a socket of its own, beyond the loopback. */
  direct(host: string, port: number): void;
}

/**
 * Arguments of strace that follow a command with all that it starts, stopping it only at the calls that are asked for. It writes to
 * the descriptor; the command begins without it. Strings in arguments are cut to nothing, because they may hold secrets: the
 * path of a program is not among them.
 */
export function straceArguments(program: string, descriptor: number): string[] {
  return [
    ...[program, '-f', '--seccomp-bpf', '-qqq', '-s', '0', '-e', 'trace=execve,execveat,connect', '-e', 'signal=none'],
    ...['-o', `/proc/self/fd/${descriptor}`, '--'],
    ...['/bin/sh', '-c', `exec ${descriptor}>&-; exec "$@"`, 'sh'],
  ];
}

const LINE = /^(\d+)\s+(.*)$/s;
const STARTED = /^(execve|execveat|connect)\((.*)$/s;
const RESUMED = /^<\.\.\. (?:execve|execveat|connect) resumed>(.*)$/s;
const UNFINISHED = '<unfinished ...>';
const DONE = /\) = 0$/;
const PATH = /^(?:[^",]*, )?"((?:[^"\\]|\\.)*)"/;
const VERSION_4 = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)/;
const VERSION_6 = /sin6_port=htons\((\d+)\),.*inet_pton\(AF_INET6, "([\da-fA-F:.]+)"/;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/;

/** Reads what strace writes, until its end. Lines of a form that is not known are passed over. */
export function readTrace(from: Readable, sink: TraceSink): void {
  const trace = new Trace(sink);
  const lines = new LineReader((line) => trace.line(line));
  from.on('data', (chunk: Buffer) => lines.take(chunk));
  from.on('error', () => undefined);
}

export class Trace {
  readonly #sink: TraceSink;
  /** Calls that another process's line has interrupted. */
  readonly #begun = new Map<string, string>();
  /** The process that makes the sandbox, which is not the command's doing. */
  #ours: string | undefined;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  line(line: string): void {
    const [, pid = '', said = ''] = LINE.exec(line) ?? [];
    this.#ours ??= pid;
    if (pid === '' || pid === this.#ours) return;
    if (said.endsWith(UNFINISHED)) {
      this.#begun.set(pid, said.slice(0, -UNFINISHED.length));
      return;
    }
    const rest = RESUMED.exec(said)?.[1];
    const whole = rest === undefined ? said : (this.#begun.get(pid) ?? '') + rest;
    this.#begun.delete(pid);
    const [, call, args = ''] = STARTED.exec(whole) ?? [];
    if (call === 'connect') this.#connect(args);
    else if (call !== undefined && DONE.test(whole)) this.#program(args);
  }

  #program(args: string): void {
    const path = PATH.exec(args)?.[1];
    if (path !== undefined) this.#sink.program(unescaped(path));
  }

  #connect(args: string): void {
    const [, port, host] = VERSION_4.exec(args) ?? VERSION_6.exec(args) ?? [];
    if (host !== undefined && !LOOPBACK.test(host)) this.#sink.direct(host, Number(port));
  }
}

/** Bytes that are not printable come as octal numbers, or as the letters of C. */
function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };
  return text.replace(/\\([0-7]{1,3}|.)/gs, (_all, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (letters[code] ?? code),
  );
}
