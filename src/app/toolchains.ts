import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findProgram, startProcess } from '#adapters/process.ts';
import type { Mount } from '#core/sandbox.ts';
import type { Toolchain } from '#pipeline/action/builtin/setup.ts';
import type { Configuration } from './configuration.ts';

/** What a sandbox sees of the host without being told. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/go/bin';
const SYSTEM = /^\/(?:usr|opt|bin|sbin)\//;
const PATIENCE_MS = 10_000;

/** How a tool is asked for its version. */
const PROGRAMS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  node: ['node', '--version'],
  python: ['python3', '--version'],
  go: ['go', 'version'],
  java: ['java', '-version'],
  ruby: ['ruby', '--version'],
  php: ['php', '--version'],
  dotnet: ['dotnet', '--version'],
  rust: ['rustc', '--version'],
  pnpm: ['pnpm', '--version'],
  bun: ['bun', '--version'],
  deno: ['deno', '--version'],
  uv: ['uv', '--version'],
};

/** Where version managers keep versions: a folder for each, named by it. */
const MANAGERS = (home: string): readonly { tool: string; folder: string; inner: string }[] => [
  { tool: 'node', folder: '/opt/hostedtoolcache/node', inner: 'x64' },
  { tool: 'python', folder: '/opt/hostedtoolcache/Python', inner: 'x64' },
  { tool: 'go', folder: '/opt/hostedtoolcache/go', inner: 'x64' },
  { tool: 'node', folder: join(home, '.nvm/versions/node'), inner: '' },
  { tool: 'python', folder: join(home, '.pyenv/versions'), inner: '' },
  { tool: 'ruby', folder: join(home, '.rbenv/versions'), inner: '' },
  { tool: 'go', folder: join(home, '.goenv/versions'), inner: '' },
];

export interface Toolchains {
  /** All installed versions of a tool. */
  readonly find: (tool: string) => Promise<readonly Toolchain[]>;
  /** Folders that jobs must see for it, where they lie on the host: programs know their own place. */
  readonly mounts: readonly Mount[];
}

/** The tools of this machine: of the system, of version managers, and those that the configuration names. */
export function findToolchains({ config, folder }: Configuration, node: Toolchain): Toolchains {
  const named = config.actions.toolchains.map(({ tool, version, folder: place }) =>
    installed(tool, version, resolve(folder, place)),
  );
  const managed = MANAGERS(homedir()).flatMap(({ tool, folder: place, inner }) =>
    versionsIn(place).map((version) => installed(tool, version, join(place, version, inner))),
  );
  const folders = [...named, ...managed].filter(({ folder: place }) => place !== undefined && existsSync(place));
  const system = new Map<string, Promise<readonly Toolchain[]>>();
  return {
    mounts: folders.flatMap(({ folder: place = '' }) =>
      SYSTEM.test(place) ? [] : [{ from: place, to: place, access: 'read' as const }],
    ),
    find: async (tool) => {
      const own = system.get(tool) ?? ofSystem(tool);
      system.set(tool, own);
      return [...folders.filter((one) => one.tool === tool), ...(await own), ...(tool === 'node' ? [node] : [])];
    },
  };
}

function installed(tool: string, version: string, folder: string): Toolchain {
  const path = [join(folder, 'bin'), folder].filter((place) => existsSync(place));
  return { tool, version: version.replace(/^v/, ''), folder, path: path.slice(0, 1) };
}

function versionsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^v?\d{1,6}(?:\.\d{1,6}){1,3}$/.test(name));
  } catch {
    return [];
  }
}

/** Only programs that a sandbox sees too; started without anything of this environment. */
async function ofSystem(tool: string): Promise<readonly Toolchain[]> {
  const [program, ...args] = PROGRAMS[tool] ?? [];
  const file = program === undefined ? undefined : findProgram(program, SYSTEM_PATH);
  if (file === undefined || !SYSTEM.test(realpathSync(file))) return [];
  const { output, ended } = startProcess({
    ...{ file, args, cwd: '/', env: { PATH: SYSTEM_PATH, HOME: '/nonexistent' } },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of output) chunks.push(chunk);
    const { stderr } = await ended;
    const [version] = /\d{1,6}\.\d{1,6}(?:\.\d{1,6})?/.exec(Buffer.concat(chunks).toString('utf8') + stderr) ?? [];
    return version === undefined ? [] : [{ tool, version, path: [dirname(file)] }];
  } catch {
    return [];
  }
}
