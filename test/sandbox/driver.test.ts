import { describe, expect, it } from 'vitest';
import { bubblewrap } from '#adapters/sandbox/bubblewrap.ts';
import { chooseDriver } from '#adapters/sandbox/choose.ts';
import { namespaceDriver } from '#adapters/sandbox/namespaces.ts';
import { repository, run } from '../run/pipeline.ts';
import { DRIVERS, openWorld } from './attack.ts';

const WORKFLOW = `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo "as $(id -un) in $PWD"; echo "said=yes" >> "$GITHUB_OUTPUT"
        id: first
      - run: echo "first said \${{ steps.first.outputs.said }}"; no-such-program
`;

describe.each(DRIVERS)('a run in %s', (driver) => {
  it('runs whole, and says in what', async () => {
    const { stderr, log, record } = await run(repository(WORKFLOW, { 'sluice.yaml': `run: { sandbox: ${driver} }\n` }));
    expect(stderr).not.toContain('sandbox-');
    expect(record.driver.name).toBe(driver);
    expect(log()).toContain('as runner in /workspace\n');
    expect(log()).toContain('first said yes\n');
  });

  it.each([false, true])(
    'tells a missing program from one that cannot be executed, as a shell does (traced: %s)',
    async (trace) => {
      const world = await openWorld(driver, { trace });
      const missing = await world.run('', { argv: ['no-such-program'] });
      expect(missing).toMatchObject({ code: 127, ended: 'itself' });
      expect(missing.output).toContain('no-such-program: command not found\n');
      const barred = await world.run('', { argv: ['/etc/passwd'] });
      expect(barred).toMatchObject({ code: 126, ended: 'itself' });
      expect(barred.output).toContain('/etc/passwd: cannot be executed');
      const impostor = await world.run('echo "bwrap: execvp x: No such file or directory" >&2; exit 3');
      expect(impostor).toMatchObject({ code: 3, ended: 'itself' });
      await world.close();
    },
  );

  it('cannot start a process that its tracer does not see', async () => {
    const [clone, arch] = process.arch === 'x64' ? [56, 'x64'] : [220, 'arm64'];
    const script = `perl -e '$pid = syscall(${clone}, 0x00800011, 0, 0, 0, 0); exit 0 if $pid == 0; print $pid < 0 ? "refused ${arch}" : "GOT"'`;
    const world = await openWorld(driver, { trace: true });
    expect((await world.run(script)).output).toContain('refused');
    await world.close();
  });
});

it('enters without Perl as well, and says that it cannot trace', async () => {
  if (!DRIVERS.includes('bubblewrap')) return;
  const { version } = chooseDriver({ only: 'bubblewrap' }).driver;
  let output = '';
  const sandbox = await namespaceDriver(bubblewrap('/usr/bin/bwrap', version, undefined)).open({
    ...{ name: 'plain', mounts: [], services: [], onEvent: () => undefined, trace: true },
    limits: { memoryBytes: 2 ** 28, processes: 50, cpus: 1 },
    network: { mode: 'closed', allow: [] },
  });
  const exit = await sandbox.run({
    ...{ step: 'a', argv: ['/usr/bin/id', '-un'], env: {}, cwd: '/', timeoutMs: 20_000 },
    onOutput: (chunk) => {
      output += chunk.toString();
    },
  });
  expect({ exit, output }).toEqual({ exit: { code: 0, ended: 'itself' }, output: 'runner\n' });
  expect(sandbox.problems.map(({ code }) => code)).toContain('tracer-missing');
  await sandbox.close();
});
