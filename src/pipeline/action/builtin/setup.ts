import { posix } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { StepRun } from '../../run/job-state.ts';
import { type Inputs, obstacle } from '../inputs.ts';
import { readInside } from '../inside.ts';
import { SETUP_ACTIONS } from '../reference.ts';
import { compareVersions, inRange, parseVersion } from '../version-range.ts';

/** A tool of this machine that jobs may use. */
export interface Toolchain {
  readonly tool: string;
  /** Its whole version. */
  readonly version: string;
  /** As the job sees it: a folder whose `bin` (or itself) is searched; none for a program of the system. */
  readonly folder?: string;
  /** Folders to search, as the job sees them. */
  readonly path: readonly string[];
}

const NEWEST = new Set(['', 'latest', 'stable', 'current', 'node', 'lts', 'lts/*', '*', 'oldstable', 'ruby']);
const MOST_BYTES = 64 * 1024;

/** The inputs that name a version, and that name a file with one. */
const INPUTS: Readonly<
  Record<string, { readonly version: string; readonly file: string; readonly standard?: string }>
> = {
  node: { version: 'node-version', file: 'node-version-file' },
  python: { version: 'python-version', file: 'python-version-file', standard: '.python-version' },
  go: { version: 'go-version', file: 'go-version-file' },
  java: { version: 'java-version', file: 'java-version-file' },
  dotnet: { version: 'dotnet-version', file: 'global-json-file' },
  ruby: { version: 'ruby-version', file: '', standard: '.ruby-version' },
  php: { version: 'php-version', file: 'php-version-file' },
  pnpm: { version: 'version', file: '' },
  bun: { version: 'bun-version', file: 'bun-version-file' },
  deno: { version: 'deno-version', file: '' },
  rust: { version: 'toolchain', file: '' },
  uv: { version: 'version', file: '' },
};

/**
 * `actions/setup-…`: puts an installed tool of a fitting version first on the search path. Nothing is downloaded; where no
 * version fits, the error names those that are there.
 */
export async function setup(
  step: StepRun,
  name: string,
  inputs: Inputs,
  toolchains: (tool: string) => Promise<readonly Toolchain[]>,
): Promise<void> {
  const tool = SETUP_ACTIONS[name] as string;
  const wanted = wantedVersion(step, tool, inputs);
  const there = (await toolchains(tool)).toSorted((a, b) => compareVersions(b.version, a.version));
  const fitting = there.find(({ version }) => fits(version, wanted));
  if (fitting === undefined) throw obstacle(missing(tool, wanted, there));
  for (const folder of fitting.path.toReversed()) {
    step.job.path.unshift(folder);
  }
  if (tool === 'java' && fitting.folder !== undefined) step.job.env['JAVA_HOME'] = fitting.folder;
  if (tool === 'go' && fitting.folder !== undefined) step.job.env['GOROOT'] = fitting.folder;
  if (tool === 'python' && fitting.folder !== undefined) step.job.env['pythonLocation'] = fitting.folder;
  for (const output of [`${tool}-version`, 'version']) step.outputs.set(output, fitting.version);
  if (tool === 'python') step.outputs.set('python-path', posix.join(fitting.path[0] ?? '/usr/bin', 'python3'));
  if ((inputs['cache'] ?? '') !== '' && inputs['cache'] !== 'false') {
    step.log.line('The `cache` of a set-up action is passed over here: use actions/cache.');
    step.outputs.set('cache-hit', 'false');
  }
  step.log.line(
    `Found ${tool} ${fitting.version}${fitting.folder === undefined ? ' of the system' : ` in ${fitting.folder}`}`,
  );
}

const fits = (version: string, wanted: readonly string[]): boolean =>
  wanted.length === 0 ||
  wanted.some((range) => NEWEST.has(range.toLowerCase()) || range.startsWith('lts/') || inRange(version, range));

function wantedVersion(step: StepRun, tool: string, inputs: Inputs): readonly string[] {
  const { version, file, standard } = INPUTS[tool] ?? { version: 'version', file: '' };
  const given = (inputs[version] ?? '').trim();
  if (given !== '' && given !== 'default' && given !== 'nightly')
    return given
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
  const named = (file === '' ? undefined : inputs[file]) ?? standard;
  if (named === undefined || named === '') return [];
  const content = readInside(step.job.layout.workspace.host, named, MOST_BYTES)?.toString('utf8');
  if (content === undefined) {
    if (named === standard) return [];
    throw obstacle(new SluiceError('version-file-missing', `there is no file ${named} in the workspace`));
  }
  return versionIn(named, content);
}

function versionIn(name: string, content: string): readonly string[] {
  if (name.endsWith('package.json')) {
    const [, range] = /"node"\s{0,9}:\s{0,9}"([^"]{1,99})"/.exec(content) ?? [];
    return range === undefined ? [] : [range];
  }
  if (name.endsWith('go.mod')) {
    const [, range] = /^(?:toolchain go|go )(\d{1,9}(?:\.\d{1,9}){0,2})/m.exec(content) ?? [];
    return range === undefined ? [] : [`>=${range}`];
  }
  if (name.endsWith('.toml')) {
    const [, range] = /requires-python\s{0,9}=\s{0,9}["']([^"']{1,99})["']/.exec(content) ?? [];
    return range === undefined ? [] : [range.replaceAll(',', ' ')];
  }
  const first = content.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  return [first.trim().replace(/^(?:nodejs|python|ruby|golang|java)[ -]/, '')];
}

function missing(tool: string, wanted: readonly string[], there: readonly Toolchain[]): SluiceError {
  const versions = [...new Set(there.map(({ version }) => version))].filter(
    (version) => parseVersion(version) !== undefined,
  );
  const hint =
    versions.length === 0
      ? `No ${tool} was found here. Install it, or name its folder in \`actions.toolchains\` of sluice.yaml.`
      : `There are: ${versions.join(', ')}. Others can be named in \`actions.toolchains\` of sluice.yaml.`;
  return new SluiceError('tool-missing', `${[tool, wanted.join(' or ')].filter(Boolean).join(' ')} is not installed`, {
    hint,
  });
}
