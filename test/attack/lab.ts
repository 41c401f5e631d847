import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { stringify } from 'yaml';
import type { RunRecord } from '#pipeline/run/record.ts';
import { commit, git } from '../support/repository.ts';
import { type Ended, start } from '../support/sluice.ts';
import { leaksIn, type Said } from './leaks.ts';

/*
 * Where pipelines are attacked: a repository whose secrets are canaries made for this test. A run is attacked by what its
 * workflow, its event or its code says, and then everything that the run left is searched for the canaries.
 */

/** A step or job as the file says it. */
export type Yaml = Readonly<Record<string, unknown>>;

/** A value that stands nowhere else. No word, no number, and nothing that a shell would take apart. */
const canary = (): string => `Kq${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`;

/** `${{ … }}`, without this language seeing a template of its own. */
export const expression = (text: string): string => `$\{{ ${text} }}`;

/** A job of these steps: a text is a script. */
export const job = (...steps: readonly (string | Yaml)[]): { 'runs-on': string; steps: Yaml[] } => ({
  'runs-on': 'ubuntu-latest',
  steps: steps.map((step) => (typeof step === 'string' ? { run: step } : step)),
});

/** Steps of one case, which run whatever became of those before; their logs are found by its name. */
export const stepsOf = (name: string, steps: readonly (string | Yaml)[]): Yaml[] =>
  steps.map((step) => ({ name, if: 'always()', ...(typeof step === 'string' ? { run: step } : step) }));

/** A script that has the secret as `$S`. */
export const withSecret = (name: string, run: string): Yaml => ({ env: { S: expression(`secrets.${name}`) }, run });

export interface LabOptions {
  /** Values by name; each is looked for afterwards. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly jobs?: Readonly<Record<string, unknown>>;
  /** Whatever else the workflow says. */
  readonly workflow?: Yaml;
  readonly files?: Readonly<Record<string, string>>;
}

/** A run that has ended, and what is kept of it. */
export interface Attacked extends Ended {
  readonly id: number;
  readonly record: RunRecord;
  /** What the steps of a job printed, without what precedes it. */
  readonly log: (job: string) => string;
  /** What the steps of a name printed, with what precedes it. */
  readonly step: (name: string) => string;
}

export interface Lab {
  /** The repository. */
  readonly folder: string;
  /** Beside it, gone after the test. */
  readonly beside: (name: string) => string;
  /** A run with the secrets; `event` becomes `--event-file`. */
  run(options?: { readonly event?: readonly [string, unknown]; readonly args?: readonly string[] }): Promise<Attacked>;
  sluice(...args: string[]): Promise<Ended>;
  /** Where a canary can be found in what these runs said and in all that lies on the host because of them. */
  leaks(...runs: readonly Said[]): Promise<string[]>;
}

/** Values of `names`, each a canary of its own. */
export const canaries = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, canary()]));

const opened: string[] = [];
// Also a lab that several tests look into is gone after the last of them.
afterAll(() => {
  for (const parent of opened.splice(0)) rmSync(parent, { recursive: true, force: true });
});

export function openLab({ secrets, jobs = {}, workflow = {}, files = {} }: LabOptions): Lab {
  const parent = mkdtempSync(join(tmpdir(), 'sluice-attack-'));
  opened.push(parent);
  const [folder, inputs] = [join(parent, 'project'), join(parent, 'inputs')];
  for (const each of [folder, inputs]) mkdirSync(each);
  git(folder, 'init', '--quiet');
  commit(folder, { '.github/workflows/ci.yml': stringify({ on: 'push', ...workflow, jobs }), ...files }, 'first');
  const file = join(inputs, 'secrets.env');
  writeFileSync(
    file,
    Object.entries(secrets)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const sluice = (...args: string[]): Promise<Ended> => start(args, folder, { env: environmentOf(folder) }).ended;
  return {
    folder,
    beside: (name) => join(folder, '..', name),
    run: async ({ event, args = [] } = {}) => {
      const payload = join(inputs, 'event.json');
      if (event !== undefined) writeFileSync(payload, JSON.stringify(event[1]));
      const told = event === undefined ? [] : ['--event', event[0], '--event-file', payload];
      return kept(folder, await sluice('run', 'ci', '--no-watch', '--secret-file', file, ...told, ...args));
    },
    sluice,
    leaks: (...runs) => leaksIn(secrets, join(folder, '..'), runs),
  };
}

/** The folder of the person who runs this. */
export const environmentOf = (folder: string): Record<string, string> => ({ SLUICE_HOME: join(folder, '..', 'user') });

/** The newest run, as it is now. */
function kept(folder: string, ended: Ended): Attacked {
  const runs = join(folder, '.sluice/runs');
  if (!existsSync(runs)) throw new Error(ended.stderr);
  const id = Math.max(...readdirSync(runs).map(Number));
  const place = join(runs, String(id));
  const record = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8')) as RunRecord;
  const all = record.jobs.flatMap(({ key, id: job, steps }) => steps.map((step) => ({ key, job, ...step })));
  const text = (steps: typeof all): string =>
    steps.map(({ log }) => (log === undefined ? '' : readFileSync(join(place, log), 'utf8'))).join('');
  const log = (of: string): string =>
    text(all.filter(({ key, job }) => key === of || job === of)).replaceAll(
      /##\[group\]Run [\s\S]*?##\[endgroup\]\n/g,
      '',
    );
  return { ...ended, id, record, log, step: (name) => text(all.filter((step) => step.name === name)) };
}
