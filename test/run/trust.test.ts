import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { githubToken } from '../support/secrets.ts';
import { start } from '../support/sluice.ts';
import { commit, conclusions, repository, run } from './pipeline.ts';

const TOKEN = ['platform', 'token', '77QZ'].join('-');
const SECRET = ['correct', 'horse', 'battery', '93XQ'].join('-');

/** All files below a folder, as one text. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe('secrets', () => {
  test('go to the steps that name them, and nowhere else; what is printed is masked', async () => {
    const folder = repository(`
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    outputs: { leak: "\${{ steps.o.outputs.leak }}", fine: ok }
    steps:
      - env: { T: "\${{ secrets.DEPLOY_TOKEN }}" }
        run: |
          echo "it is $T"; echo -n "$T" | base64; echo "$T" | rev >/dev/null
          echo "# $T" >> "$GITHUB_STEP_SUMMARY"
          echo "::error title=$T::broken $T"
          printf '%s\\n' "$T" >&2
      - run: env | sort; echo "[\${{ env.T }}]"; grep -aql "${SECRET}" /proc/*/environ 2>/dev/null || echo clean
      - id: o
        env: { T: "\${{ secrets.DEPLOY_TOKEN }}" }
        run: echo "leak=$T" >> "$GITHUB_OUTPUT"
      - run: echo "::add-mask::later-secret-value"; echo "now later-secret-value"
      - id: a
        continue-on-error: true
        env: { T: "\${{ secrets.DEPLOY_TOKEN }}" }
        run: mkdir out; printf '%s' "$T" | base64 > out/x
      - id: up
        continue-on-error: true
        uses: actions/upload-artifact@v4
        with: { path: out }
      - run: echo "upload \${{ steps.up.outcome }}"
      - run: echo "none [\${{ secrets.UNKNOWN }}]"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "out [\${{ needs.one.outputs.leak }}] \${{ needs.one.outputs.fine }}"' }]
`);
    writeFileSync(join(folder, '../secrets.env'), `DEPLOY_TOKEN=${SECRET}\n`);
    const { status, stdout, log } = await run(folder, '--secret-file', '../secrets.env');
    expect(status).toBe(0);
    expect(log('one')).toContain('it is ***\n***=\n');
    expect(log('one')).toContain('clean\n');
    expect(log('one')).toContain('now ***\n');
    expect(log('one')).toContain('upload failure\n');
    expect(log('one')).toContain('none []\n');
    expect(log('two')).toBe('out [] ok\n');
    const kept = everything(join(folder, '.sluice')) + stdout;
    expect(kept).not.toContain(SECRET);
    expect(kept).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
  });

  test('a fork gets none, reads only, and its cache is its own', async () => {
    const folder = repository(`
on: [push, pull_request]
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/cache@v4
        with: { path: deps, key: deps }
      - env: { T: "\${{ secrets.DEPLOY_TOKEN }}", TITLE: "\${{ github.event.pull_request.title }}" }
        run: |
          echo "token [$T] [\${{ github.token }}] $GITHUB_REF $GITHUB_HEAD_REF $(cat file) cache $(cat deps/x 2>/dev/null)"
          printf '%s\\n' "$TITLE"
          mkdir -p deps; echo "$GITHUB_EVENT_NAME" > deps/x
`);
    writeFileSync(join(folder, '../secrets.env'), `DEPLOY_TOKEN=${SECRET}\nGITHUB_TOKEN=${TOKEN}\n`);
    const head = commit(folder, { file: 'of the fork' });
    commit(folder, { file: 'of main' });
    const repo = { full_name: 'someone/fork' };
    const title = `"; echo INJECTED; $(echo SUBSHELL) ${'$'}{{ secrets.DEPLOY_TOKEN }}`;
    const payload = {
      pull_request: { number: 7, title, head: { sha: head, ref: 'topic', repo }, base: { ref: 'main' } },
    };
    writeFileSync(join(folder, '../fork.json'), JSON.stringify(payload));
    const options = ['--secret-file', '../secrets.env'];
    const fork = await run(folder, '--event', 'pull_request', '--event-file', '../fork.json', ...options);
    expect(fork.log()).toContain(`token [] [] refs/pull/7/merge topic of the fork cache \n${title}\n`);
    expect(fork.log()).not.toContain('\nINJECTED');
    expect(fork.record).toMatchObject({ trusted: false, source: { sha: head, changed: false } });
    expect(fork.stdout).toContain('comes from outside');
    const own = await run(folder, ...options);
    expect(own.log()).toContain('token [***] [***] refs/heads/main  of main cache \n');
    expect(own.record.trusted).toBe(true);
    const forkAgain = await run(folder, '--event', 'pull_request', '--event-file', '../fork.json', ...options);
    expect(forkAgain.log()).toContain('cache pull_request\n');
  });
});

test('Ctrl-C ends the steps that run, lets those that always run do it, and is kept', async () => {
  const folder = repository(`
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: trap 'echo asked to end; exit 1' INT; echo READY; sleep 60 & wait
      - run: echo never
      - if: always()
        run: echo cleaned up
  two: { needs: one, runs-on: ubuntu-latest, steps: [{ run: echo never }] }
`);
  const { child, ended } = start(['run', '--no-watch'], folder, { env: { SLUICE_HOME: join(folder, '../user') } });
  let interrupted = false;
  child.stdout.on('data', (text: string) => {
    if (interrupted || !/^\[one\] READY/m.test(text)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  const { status, stdout } = await ended;
  expect([status, interrupted]).toEqual([130, true]);
  expect(stdout).toContain('[one] cleaned up\n');
  expect(stdout).not.toContain('] never\n');
  const record = JSON.parse(readFileSync(join(folder, '.sluice/runs/1/run.json'), 'utf8'));
  expect(conclusions(record)).toEqual({ one: 'cancelled', two: 'cancelled' });
});

test('a killed run leaves its logs and says that it was interrupted; the next one works', async () => {
  const folder = repository(`
on: push
jobs:
  one: { runs-on: ubuntu-latest, steps: [{ run: 'echo first line; test -n "\${{ vars.QUICK }}" || sleep 60' }] }
`);
  const env = { SLUICE_HOME: join(folder, '../user') };
  const { child, ended } = start(['run', '--no-watch'], folder, { env });
  child.stdout.on('data', (text: string) => {
    if (/^\[one\] first line/m.test(text)) child.kill('SIGKILL');
  });
  expect((await ended).signal).toBe('SIGKILL');
  const list = await start(['runs'], folder, { env }).ended;
  expect(list.stdout).toMatch(/^ +1 {2}interrupted /);
  const lines = readFileSync(join(folder, '.sluice/runs/1/events.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toContain('step-started');
  const next = await run(folder, '--var', 'QUICK=1');
  expect([next.status, next.record.id, next.log()]).toEqual([0, 2, 'first line\n']);
  const shown = await start(['runs', 'logs', '2'], folder, { env }).ended;
  expect(shown.stdout).toContain('first line');
});

test('the gate of `sluice/scan` stops the job by the policy of the repository, whatever the change says', async () => {
  const token = githubToken('gate');
  const folder = repository(`
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          mkdir -p src; echo 'const token = "${token}"' > src/a.js
          printf 'policy: { rules: [] }\\n' > sluice.yaml
      - id: s
        uses: sluice/scan
      - if: always()
        run: echo "outcome \${{ steps.s.outputs.outcome }}"
`);
  const { status, log, record } = await run(folder);
  expect(status).toBe(1);
  expect(record.jobs[0]).toMatchObject({ conclusion: 'failure', refused: true });
  expect(log()).toContain('outcome refused\n');
  const kinds = readdirSync(join(folder, '.sluice/runs/1/evidence')).toSorted();
  expect(kinds).toEqual(['one.0-provenance.sigstore.json', 'one.1-verification.sigstore.json']);
});

test('--unsafe-no-sandbox runs on the bare machine, and everything that is kept says so', async () => {
  const folder = repository(
    `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: 'test "$PWD" = "$GITHUB_WORKSPACE" && cat file && echo "A=kept" >> "$GITHUB_ENV"; mkdir out; echo x > out/x'
      - run: 'echo "$A [$SLUICE_HOME]"'
      - uses: actions/upload-artifact@v4
        with: { name: out, path: out }
`,
    { file: 'checked out\n' },
  );
  const { status, log, record, stdout } = await run(folder, '--unsafe-no-sandbox');
  expect(status).toBe(0);
  expect(log()).toContain('checked out\n');
  expect(log()).toContain('kept []\n');
  expect(record).toMatchObject({ driver: { name: 'none' }, artifacts: [{ name: 'out' }] });
  expect(stdout).toContain('every job ran on the bare machine');
  const bundle = JSON.parse(
    readFileSync(join(folder, '.sluice/runs/1/evidence/one.0-provenance.sigstore.json'), 'utf8'),
  );
  const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
  expect(statement.subject).toMatchObject([{ name: 'out.zip' }, { name: 'out/x' }]);
  expect(statement.predicate.buildDefinition.internalParameters.sandbox).toEqual({ driver: 'none', isolated: false });
});
