import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import type { Program } from '#core/deploy.ts';
import { SluiceError } from '#core/error.ts';
import { findProgram, startProcess } from '../process.ts';

/** What podman and kubectl need to know of the user, and nothing else. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'KUBECONFIG',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'CONTAINERS_CONF',
  'HTTPS_PROXY',
  'NO_PROXY',
];

/** A program of the search path, started without a shell. */
export const program = (name: string, environment: Readonly<Record<string, string | undefined>>): Program => ({
  run: async (args, input) => {
    const file = findProgram(name, environment['PATH'] ?? '');
    if (file === undefined) throw new SluiceError('program-missing', `${name} is not installed`);
    const env = Object.fromEntries(
      PASSED_ON.flatMap((key) => (environment[key] === undefined ? [] : [[key, environment[key]]])),
    );
    const { output, ended } = startProcess({ file, args, cwd: '/', env, ...(input === undefined ? {} : { input }) });
    const chunks: Buffer[] = [];
    for await (const chunk of output) chunks.push(chunk);
    const { code, stderr } = await ended;
    if (code === 0) return Buffer.concat(chunks).toString('utf8');
    const [line = ''] = stderr.split('\n');
    throw new SluiceError('program-failed', `${name} ${args.find((arg) => !arg.startsWith('-')) ?? ''}: ${line}`);
  },
});

/** Starts this program in the background, to outlive the caller. */
export function startBehind(args: readonly string[], cwd: string, log: string): void {
  const output = openSync(log, 'a', 0o600);
  const [, script = ''] = process.argv;
  const child = spawn(process.execPath, [script, ...args], { cwd, detached: true, stdio: ['ignore', output, output] });
  child.unref();
}
