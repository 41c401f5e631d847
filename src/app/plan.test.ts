import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf, planWorkflows } from './plan.ts';
import { renderPlans } from './plan-text.ts';

const git = (cwd: string, ...args: string[]): string => execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

const job = (rest: string): string => `jobs: { a: { runs-on: ubuntu-latest, steps: [{ ${rest} }] } }\n`;

describe('planWorkflows', () => {
  const base = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
  const root = join(base, 'shop');
  const action = join(base, 'mirrors', 'acme', 'greet.git');
  let commit = '';
  const command = { folder: root, inputs: [], untrusted: false, environment: { PATH: process.env['PATH'] } };

  beforeAll(() => {
    write(action, {
      'action.yml': 'name: g\nruns: { using: composite, steps: [{ run: x, shell: bash }] }\n',
      'sub/w.yml': `on: workflow_call\n${job('run: x')}`,
    });
    git(action, 'init', '--quiet');
    git(action, 'add', '.');
    git(action, 'commit', '--quiet', '-m', 'one');
    commit = git(action, 'rev-parse', 'HEAD');
    write(root, {
      'sluice.yaml':
        'actions: { mirrors: [../mirrors] }\nnetwork: { allow: [b.example], jobs: { a: [a.example], ci.yml/a: [c.example], other.yml/a: [d.example] } }\n',
      '.github/workflows/ci.yml': `name: Checks\non: { push: { branches: [main] }, pull_request: }\n${job('uses: ./tools/greet')}`,
      '.github/workflows/bad.yml': 'on: push\njobs: { a: { runs-on: x, stepss: [] } }\n',
      '.github/workflows/manual.yml': `on: { workflow_dispatch: { inputs: { os: { type: choice, options: [ubuntu-latest, windows-latest], default: ubuntu-latest } } } }\njobs: { a: { runs-on: "\${{ inputs.os }}", steps: [{ run: x }] } }\n`,
      '.sluice/workflows/own.yml': `on: push\njobs:\n  a: { runs-on: linux, steps: [{ uses: "acme/greet@${commit}" }, { uses: "acme/greet@${'0'.repeat(40)}" }] }\n  b: { uses: "acme/greet/sub/w.yml@${commit}" }\n`,
      'tools/greet/action.yml': 'name: g\nruns: { using: node24, main: x.js }\n',
    });
    git(root, 'init', '--quiet', '--initial-branch=main');
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('plans every workflow, ours first, and tells the mistakes of the others', async () => {
    const report = await planWorkflows(command);
    expect(report.plans.map(({ workflow, runnable }) => [workflow.file, runnable])).toEqual([
      ['.sluice/workflows/own.yml', false],
      ['.github/workflows/ci.yml', true],
      ['.github/workflows/manual.yml', true],
    ]);
    expect(report.invalid).toMatchObject([
      {
        file: '.github/workflows/bad.yml',
        mistakes: [{ message: 'unknown key `stepss`', at: { line: 2, column: 26 } }],
      },
    ]);
    expect(exitCodeOf(report)).toBe(2);
  });

  it('finds one by path, by the name of its file, or by its own', async () => {
    for (const workflow of ['ci', 'ci.yml', 'checks', '.github/workflows/ci.yml']) {
      const { plans } = await planWorkflows({ ...command, workflow });
      expect(plans.map(({ workflow: { file } }) => file)).toEqual(['.github/workflows/ci.yml']);
    }
    await expect(planWorkflows({ ...command, workflow: 'cj' })).rejects.toMatchObject({
      code: 'workflow-not-found',
      hint: 'Did you mean `ci`?',
    });
  });

  it('takes actions and workflows from mirrors by their commit', async () => {
    const report = await planWorkflows({ ...command, workflow: 'own' });
    expect(report.plans[0]?.workflow.jobs[1]).toMatchObject({ kind: 'call', workflow: { jobs: [{ id: 'a' }] } });
    expect(report.plans[0]?.obstacles.map(({ code, step, at }) => [code, step, at.line])).toEqual([
      ['action-missing', 2, 3],
    ]);
    expect(exitCodeOf(report)).toBe(3);
  });

  it('says which hosts a job may reach', async () => {
    const { plans } = await planWorkflows({ ...command, workflow: 'ci' });
    expect(plans[0]?.workflow.jobs[0]).toMatchObject({ network: ['a.example', 'b.example', 'c.example'] });
  });

  it('plans for another event, with inputs', async () => {
    const { plans } = await planWorkflows({ ...command, workflow: 'ci', event: 'release' });
    expect(plans[0]).toMatchObject({ starts: false, event: { name: 'release' } });
    const windows = await planWorkflows({ ...command, workflow: 'manual', inputs: ['os=windows-latest'] });
    expect(windows.plans[0]?.obstacles[0]).toMatchObject({ code: 'runner-unavailable', severity: 'blocks' });
    const wrong = await planWorkflows({ ...command, workflow: 'manual', inputs: ['osx=1'] });
    expect(wrong.invalid[0]?.mistakes[0]).toMatchObject({ code: 'input-invalid' });
    await expect(planWorkflows({ ...command, inputs: ['os'] })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('takes a pull request of another repository for untrusted code', async () => {
    const payload = join(base, 'event.json');
    writeFileSync(
      payload,
      JSON.stringify({
        action: 'opened',
        pull_request: { base: { ref: 'main' }, head: { ref: 'x', repo: { full_name: 'evil/shop' } } },
      }),
    );
    const { plans } = await planWorkflows({ ...command, workflow: 'ci', event: 'pull_request', payload });
    expect(plans[0]?.event.trusted).toBe(false);
    writeFileSync(payload, '[]');
    await expect(planWorkflows({ ...command, payload })).rejects.toMatchObject({ code: 'payload-invalid' });
  });

  it('reads no file through a link out of the repository', async () => {
    write(base, { 'outside.yml': `on: push\n${job('run: secret')}` });
    symlinkSync(join(base, 'outside.yml'), join(root, '.github/workflows/link.yml'));
    const { invalid, plans } = await planWorkflows({ ...command, workflow: 'link' });
    expect(plans).toEqual([]);
    expect(invalid[0]?.mistakes[0]?.code).toBe('workflow-unreadable');
    rmSync(join(root, '.github/workflows/link.yml'));
    await expect(planWorkflows({ ...command, workflow: join(base, 'outside.yml') })).rejects.toMatchObject({
      code: 'path-outside',
    });
  });

  it('says so where there are none', async () => {
    await expect(planWorkflows({ ...command, folder: action })).rejects.toMatchObject({ code: 'workflow-not-found' });
  });

  it('shows nothing that looks like a credential', async () => {
    const token = ['gh', 'p_', 'A1b2C3d4E5'.repeat(4)].join('');
    write(root, {
      '.github/workflows/leak.yml': `on: push\njobs:\n  a:\n    name: Use ${token}\n    if: github.ref != '${token}'\n    runs-on: ubuntu-latest\n    steps:\n      - run: curl -H ${token} x\n      - name: ${token}\n        run: y\n        if: github.ref == '${token}'\n`,
    });
    const report = await planWorkflows({ ...command, workflow: 'leak' });
    rmSync(join(root, '.github/workflows/leak.yml'));
    expect(report.plans).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(token);
  });

  it('prints what people can read', async () => {
    write(root, {
      '.github/workflows/show.yml': `name: Show
on: push
concurrency: one
jobs:
  build:
    runs-on: ubuntu-latest
    container: node:22
    strategy: { matrix: { node: [20, 22] } }
    steps:
      - name: Publish
        run: publish
        env: { T: "\${{ secrets.NPM_TOKEN }}" }
      - uses: actions/upload-artifact@v4
        with: { name: dist }
  windows: { needs: build, runs-on: windows-latest, steps: [{ run: x }] }
  never: { if: github.event_name == 'release', runs-on: x, steps: [{ run: x }] }
`,
    });
    const report = await planWorkflows({
      ...command,
      workflow: 'show',
      untrusted: true,
      environment: { PATH: '/nowhere' },
    });
    rmSync(join(root, '.github/workflows/show.yml'));
    expect(renderPlans(report, { color: false, width: 100, verbose: false })).toMatchSnapshot();
  });
});
