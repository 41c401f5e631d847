import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { chooseDriver } from '#adapters/sandbox/choose.ts';
import type { RunEvent } from '#core/event.ts';
import type { Sandbox, SandboxCommand, SandboxExit, SandboxSpec } from '#core/sandbox.ts';

/*
 * How an attack is tried: a script of bash that says GOT where it succeeds, and TRIED at its end. In a sandbox it must say TRIED
 * and not GOT; on the bare machine it must say GOT, which shows that the test would notice.
 */

export const IS_ROOT = process.getuid?.() === 0;

/** For what only root can try, and what only one kind of machine has. Left out elsewhere, since a skipped test counts as a failed one. */
export const rootOnly = (IS_ROOT ? it : () => undefined) as typeof it;
export const intelOnly = (process.arch === 'x64' ? it : () => undefined) as typeof it;

/** The drivers that work on this machine. `npm run setup` installs what the first needs. */
export const DRIVERS = (['bubblewrap', 'unshare'] as const).filter((only) => {
  try {
    return chooseDriver({ only }).driver.name === only;
  } catch (error) {
    console.warn(`${only} is not tested: ${(error as Error).message}`);
    return only === 'bubblewrap';
  }
});

export interface World {
  /** A folder that is no part of any sandbox. */
  readonly outside: string;
  readonly workspace: string;
  readonly home: string;
  readonly events: RunEvent[];
  readonly sandbox: Sandbox;
  run(script: string, more?: Partial<SandboxCommand>): Promise<Ran>;
  close(): Promise<void>;
}

export interface Ran extends SandboxExit {
  readonly output: string;
}

const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/home/runner', LC_ALL: 'C' };

/** A job in a sandbox of the driver, with a workspace and a home. */
export async function openWorld(only: 'bubblewrap' | 'unshare', spec: Partial<SandboxSpec> = {}): Promise<World> {
  const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
  const [workspace, home] = ['workspace', 'home'].map((name) => path.join(outside, name)) as [string, string];
  for (const folder of [workspace, home]) mkdirSync(folder);
  writeFileSync(path.join(outside, 'secret'), 'the secret of the host\n');
  const events: RunEvent[] = [];
  const sandbox = await chooseDriver({ only }).driver.open({
    name: 'attack',
    mounts: [
      { from: workspace, to: '/workspace', access: 'write' },
      { from: home, to: '/home/runner', access: 'write' },
    ],
    limits: { memoryBytes: 256 * 2 ** 20, processes: 120, cpus: 2 },
    network: { mode: 'closed', allow: [] },
    services: [],
    onEvent: (event) => void events.push(event),
    trace: false,
    ...spec,
  });
  return {
    ...{ outside, workspace, home, events, sandbox },
    run: (script, more) => run(sandbox, script, more),
    close: async () => {
      await sandbox.close();
      rmSync(outside, { recursive: true, force: true });
    },
  };
}

async function run(sandbox: Sandbox, script: string, more: Partial<SandboxCommand> = {}): Promise<Ran> {
  let output = '';
  const exit = await sandbox.run({
    step: 'attack',
    argv: ['/bin/bash', '-c', script],
    cwd: '/workspace',
    timeoutMs: 30_000,
    onOutput: (chunk) => {
      output += chunk.toString('utf8');
    },
    ...more,
    env: { ...ENVIRONMENT, ...more.env },
  });
  return { ...exit, output };
}

/** The same script with no sandbox around it. */
function onTheBareMachine(script: string, cwd: string, env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', ['-c', script], { cwd, env: { ...ENVIRONMENT, ...env } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

export interface Attack {
  readonly script: string;
  readonly env?: Record<string, string>;
  /** What shows that the attack is real; the script itself unless another does the same harmlessly. */
  readonly control?: string;
  /** Without a control: only where the bare machine forbids the attack as well, for this user. */
  readonly uncontrolled?: boolean;
}

/** Tries an attack in the sandbox and on the bare machine. */
export async function attack(world: World, { script, env = {}, control, uncontrolled }: Attack): Promise<Ran> {
  const ran = await world.run(`${script}\necho TRIED`, { env });
  expect(ran.output).toContain('TRIED');
  expect(ran.output).not.toContain('GOT');
  if (!uncontrolled) expect(await onTheBareMachine(control ?? script, world.workspace, env)).toContain('GOT');
  return ran;
}
