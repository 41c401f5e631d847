import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createProgram } from '#cli/program.ts';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const workspace = mkdtempSync(join(tmpdir(), 'sluice-action-'));
afterAll(() => rmSync(workspace, { recursive: true }));

describe('action.yml', () => {
  const steps = (parse(read('action.yml')) as { runs: { steps: readonly Step[] } }).runs.steps;
  const install = steps.find(({ name }) => name === 'Install sluice')?.run ?? '';
  const scan = steps.find(({ id }) => id === 'scan')?.run ?? '';
  const temporary = join(workspace, 'temporary');
  const program = join(temporary, 'sluice/node_modules/.bin/sluice');

  /** Runs a step as the runner does. Stand-ins for npm and sluice print their arguments, one a line. */
  function run(script: string, inputs: Readonly<Record<string, string>>) {
    const environment = {
      PATH: `${join(workspace, 'bin')}:${process.env['PATH']}`,
      RUNNER_TEMP: temporary,
      GITHUB_OUTPUT: join(workspace, 'output'),
      GITHUB_ACTION_PATH: process.cwd(),
    };
    const options = { cwd: workspace, encoding: 'utf8', env: { ...environment, ...inputs } } as const;
    const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], options);
    return { status, printed: stdout.trimEnd().split('\n') };
  }

  const standIn = (path: string): void => {
    writeFileSync(path, '#!/bin/sh\nfor argument in "$@"; do printf "%s\\n" "$argument"; done\nexit 3\n');
    chmodSync(path, 0o755);
  };

  beforeEach(() => {
    for (const folder of [join(workspace, 'bin'), join(program, '..')]) mkdirSync(folder, { recursive: true });
    standIn(program);
    standIn(join(workspace, 'bin/npm'));
    writeFileSync(join(workspace, 'output'), '');
  });

  test('puts no expression into a script', () => {
    for (const step of steps) expect(step.run ?? '').not.toContain('${{');
    expect(steps.every(({ uses }) => uses === undefined)).toBe(true);
  });

  test('scans with the arguments given and keeps the exit code', () => {
    const inputs = {
      INPUT_PATH: '.',
      INPUT_ARGS: '--since origin/main\n--offline',
      INPUT_FORMAT: 'github',
      INPUT_OUTPUT: '',
    };
    const sarif = `${temporary}/sluice.sarif`;
    expect(run(scan, inputs)).toEqual({
      status: 3,
      printed: [
        ...['scan', '.', '--since', 'origin/main', '--offline', '--no-progress'],
        ...['--format', 'github', '--format', `sarif=${sarif}`],
      ],
    });
    expect(read(join(workspace, 'output'))).toBe(`sarif=${sarif}\n`);
  });

  test('takes hostile inputs as text', () => {
    const hostile = '$(touch pwned); `touch pwned` * "';
    const inputs = { INPUT_PATH: hostile, INPUT_ARGS: hostile, INPUT_FORMAT: hostile, INPUT_OUTPUT: hostile };
    expect(run(scan, inputs).printed).toEqual([
      ...['scan', hostile, ...hostile.split(' '), '--no-progress'],
      ...['--format', hostile, '--format', `sarif=${hostile}`],
    ]);
    expect(readdirSync(workspace)).not.toContain('pwned');
  });

  test('writes no second output', () => {
    const inputs = { INPUT_PATH: '.', INPUT_ARGS: '', INPUT_FORMAT: 'github', INPUT_OUTPUT: 'a\nother=b' };
    expect(run(scan, inputs).status).toBe(2);
    expect(read(join(workspace, 'output'))).toBe('');
  });

  test('installs the version that its own commit belongs to, outside of the workspace', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const { printed } = run(install, { INPUT_VERSION: '' });
    expect(printed).toContain(`sluice@${version}`);
    expect(printed).toContain('--ignore-scripts');
    expect(printed[printed.indexOf('--prefix') + 1]).toBe(`${temporary}/sluice`);
  });

  test.each(['latest', '1.2.3 && touch pwned', 'file:../evil', '1.2.3\nlatest'])(
    'does not install version %j',
    (version) => {
      expect(run(install, { INPUT_VERSION: version }).status).toBe(2);
    },
  );
});

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }>
  >;
}

test('workflows pin what they use by commit, and may read the code only', () => {
  const folder = '.github/workflows';
  for (const name of readdirSync(folder)) {
    const text = read(join(folder, name));
    const { permissions, jobs } = parse(text) as Workflow;
    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
    for (const job of Object.values(jobs)) {
      const more = Object.keys(job.permissions ?? {}).filter((scope) => scope !== 'contents');
      expect(job.permissions?.['contents'] ?? 'read').toBe('read');
      // What may speak for the repository runs no code of it.
      if (more.length === 0) continue;
      expect(more).toEqual(['id-token']);
      const runs = job.steps
        .map(({ run, uses }) => run ?? uses ?? '')
        .filter((step) => !step.startsWith('actions/setup-node@'));
      expect(runs).toEqual([
        expect.stringMatching(/^actions\/download-artifact@/),
        expect.stringMatching(/^npm publish .* --ignore-scripts$/),
      ]);
    }
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    for (const action of used) expect(action).toMatch(/@[0-9a-f]{40}$/);
    expect(text).not.toContain('pull_request_target');
  }
});

describe('the GitLab component', () => {
  const [spec, jobs] = parseAllDocuments(read('integrations/gitlab/template.yml')).map((document) => document.toJS());
  const script = (jobs.sluice.script as readonly string[]).join('\n');
  const checkout = join(workspace, 'checkout');

  /** Runs the script as a runner does. The stand-in for npm installs a sluice that prints its arguments, one a line. */
  function run(variables: Readonly<Record<string, string>>): string[] {
    const bin = join(workspace, 'gitlab-bin');
    for (const folder of [bin, checkout]) mkdirSync(folder, { recursive: true });
    const program = '#!/bin/sh\npwd\nprintf "%s\\n" "$@"\n';
    const npm = `#!/bin/sh\nmkdir -p "$3/node_modules/.bin"\ncat > "$3/node_modules/.bin/sluice" <<'END'\n${program}END\nchmod +x "$3/node_modules/.bin/sluice"\n`;
    writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
    const defaults = { SLUICE_VERSION: '1.2.3', SLUICE_SCOPE: 'change', SLUICE_ARGS: '', CI_PROJECT_DIR: checkout };
    const env = { PATH: `${bin}:${process.env['PATH']}`, TMPDIR: workspace, ...defaults, ...variables };
    const { stdout } = spawnSync('bash', ['-eo', 'pipefail', '-c', script], { cwd: checkout, encoding: 'utf8', env });
    const lines = stdout.trimEnd().split('\n');
    return lines.slice(0, lines.indexOf('--no-progress'));
  }

  test('puts no input into its script', () => {
    expect(script).not.toContain('$[[');
    const used = [...JSON.stringify(jobs).matchAll(/\$\[\[ inputs\.(\w+) \]\]/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(spec.spec.inputs)));
  });

  test('compares with the target of a merge request, and scans everything elsewhere', () => {
    const base = { CI_MERGE_REQUEST_DIFF_BASE_SHA: 'abc' };
    expect(run(base)).toEqual([checkout, 'scan', '.', '--since', 'abc']);
    expect(run({})).toEqual([checkout, 'scan', '.']);
    expect(run({ ...base, SLUICE_SCOPE: 'folder' })).toEqual([checkout, 'scan', '.']);
    expect(run({ ...base, SLUICE_SCOPE: 'history' })).toEqual([checkout, 'scan', '.', '--history']);
  });

  test('takes hostile arguments as text', () => {
    expect(run({ SLUICE_ARGS: '$(touch pwned) * --offline' })).toEqual([
      ...[checkout, 'scan', '.', '$(touch', 'pwned)', '*', '--offline'],
    ]);
    expect(readdirSync(checkout)).toEqual([]);
  });
});

const TEXTS = [
  'README.md',
  'CONTRIBUTING.md',
  'action.yml',
  '.pre-commit-hooks.yaml',
  'integrations/gitlab/template.yml',
  'integrations/jenkins/Jenkinsfile',
  ...readdirSync('docs/guides').map((name) => `docs/guides/${name}`),
];

/** The options of the command that the words of a line lead to, by `hook install` and the like. */
function optionsAt(program: Command, words: readonly string[]): { name: string; options: readonly string[] } {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
  }
  const name = words.join(' ');
  const standard = command.commands.filter((one) => one.name() === 'list');
  return { name, options: [command, ...standard].flatMap(({ options }) => options.map(({ long }) => long ?? '')) };
}

test.each(TEXTS)('%s shows commands and options that exist', (path) => {
  const program = createProgram(() => undefined);
  for (const [, first = '', rest = ''] of read(path).matchAll(/\bsluice(?:"?) ([a-z]+)((?:.*\\\n)*(?:.*--.*)?)/g)) {
    if (!program.commands.some((command) => command.name() === first)) continue;
    const words = [first, ...(/^(?: [a-z]+)*/.exec(rest)?.[0].trim().split(' ') ?? [])].filter(Boolean);
    const { name, options } = optionsAt(program, words);
    const shown = [...rest.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
    for (const option of shown) expect([...options, '--help'], `${option} of sluice ${name}`).toContain(option);
  }
});
