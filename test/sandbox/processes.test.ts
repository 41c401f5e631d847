import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, DRIVERS, IS_ROOT, openWorld, type World } from './attack.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How many processes of this machine have this text among their arguments. */
function running(text: string): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(text);
      } catch {
        return false;
      }
    }).length;
}

async function untilNone(text: string): Promise<number> {
  for (let left = 100; left > 0 && running(text) > 0; left--) await pause(50);
  return running(text);
}

describe.each(DRIVERS)('processes, held by %s', (driver) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(driver);
  });
  afterAll(() => world.close());

  it('hides the environment of Sluice and of the host', async () => {
    process.env['A_SECRET_OF_THE_HOST'] = 'unlikely-text-1';
    const script = `env | grep unlikely-text-1 && echo GOT; grep -l unlikely-text-1 /proc/[0-9]*/environ 2>/dev/null | grep -q . && echo GOT`;
    const control = 'grep -l unlikely-text-1 /proc/[0-9]*/environ 2>/dev/null | grep -q . && echo GOT';
    const keeper = spawn('sleep', ['20']);
    await attack(world, { script, control });
    keeper.kill();
  });

  it('hides one step from what another left behind, and the other way round', async () => {
    await world.run('export TOKEN=unlikely-text-2; sleep 300 & disown');
    const script =
      'grep -l unlikely-text-2 /proc/[0-9]*/environ 2>/dev/null | grep -v $$ && echo GOT; ps ax | grep -v grep | grep "sleep 300" && echo GOT';
    await attack(world, {
      script,
      control:
        'TOKEN=unlikely-text-2 sleep 2 & sleep 0.2; grep -l unlikely-text-2 /proc/[0-9]*/environ 2>/dev/null | grep -q . && echo GOT',
    });
  });

  it('keeps what a step left behind running, out of reach of signals', async () => {
    const server = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:4711", Listen => 5); while ($c = $s->accept) { print $c "alive\n"; close $c }'`;
    await world.run(`${server} & sleep 0.5`);
    const ask = 'exec 3<>/dev/tcp/127.0.0.1/4711 && cat <&3';
    expect((await world.run(ask)).output).toContain('alive');
    await world.run('for pid in $(ls /proc | grep ^[0-9]); do kill -9 $pid; done; kill -9 -1');
    expect((await world.run(ask)).output).toContain('alive');
  });

  it('traces no process that is not of the step', async () => {
    await world.run('sleep 301 & disown');
    // PTRACE_ATTACH on every number that could be one.
    const number = process.arch === 'x64' ? 101 : 117;
    const script = `perl -e 'for (2 .. 400) { next if $_ == $$ || $_ == getppid; print "G", "OT $_\n" if syscall(${number}, 16, $_, 0, 0) == 0 }'`;
    await attack(world, {
      script,
      control: `sleep 5 & perl -e 'print "G", "OT\n" if syscall(${number}, 16, '$!', 0, 0) == 0'; kill -9 $!`,
      ...(IS_ROOT ? {} : { uncontrolled: true }),
    });
  });

  it('hands on no descriptor but the three', async () => {
    const { output } = await world.run('for fd in /proc/self/fd/*; do readlink $fd; done');
    const leads = output
      .trim()
      .split('\n')
      .filter((line) => !/^\/dev\/null$|\(deleted\)$|^\/proc\/|^$/.test(line));
    expect(leads).toEqual([]);
  });

  it('ends a command that is cancelled, first by asking', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 500);
    const started = performance.now();
    const asked = await world.run('trap "echo asked; exit 3" INT; sleep 20 & wait', { signal: cancel.signal });
    expect(asked).toMatchObject({ ended: 'cancelled', code: 3 });
    expect(asked.output).toContain('asked');
    expect(performance.now() - started).toBeLessThan(6_000);
  });

  it('ends a command that takes too long, and does not listen', async () => {
    const stubborn = await world.run('trap "" INT TERM; while :; do sleep 0.2; done', { timeoutMs: 300 });
    expect(stubborn).toMatchObject({ ended: 'timeout', code: 137 });
  });

  it('tells how a command ended', async () => {
    expect(await world.run('exit 7')).toMatchObject({ code: 7, ended: 'itself' });
    expect(await world.run('kill -TERM $$')).toMatchObject({ code: 143, ended: 'itself' });
    expect(await world.run('cat', { stdin: Buffer.from('given') })).toMatchObject({ code: 0, output: 'given' });
    expect(await world.run('echo named > /dev/stderr')).toMatchObject({ code: 0, output: 'named\n' });
  });

  it('hands on all output, and holds the command up meanwhile', async () => {
    let bytes = 0;
    let most = 0;
    let under = 0;
    const exit = await world.sandbox.run({
      step: 'flood',
      argv: ['/usr/bin/head', '-c', '20000000', '/dev/zero'],
      env: {},
      cwd: '/',
      timeoutMs: 60_000,
      onOutput: async (chunk) => {
        under++;
        most = Math.max(most, under);
        bytes += chunk.length;
        if (bytes < 1_000_000) await pause(5);
        under--;
      },
    });
    expect(exit.code).toBe(0);
    expect({ bytes, most }).toEqual({ bytes: 20_000_000, most: 1 });
  });
});

describe.each(DRIVERS)('the end of a job in %s', (driver) => {
  it('leaves nothing running', async () => {
    const mark = `311.${driver.length}${process.pid}`;
    const world = await openWorld(driver);
    await world.run(`sleep ${mark} & setsid sleep ${mark} & (sleep ${mark} &) ; sleep 0.2`);
    expect(running(mark)).toBe(3);
    await world.close();
    expect(running(mark)).toBe(0);
    await world.sandbox.close();
    const control = spawn('sleep', [mark], { stdio: 'ignore' });
    await pause(200);
    expect(running(mark)).toBe(1);
    control.kill('SIGKILL');
  });

  it('comes even where Sluice is killed', async () => {
    const mark = `312.${driver.length}${process.pid}`;
    const world = await openWorld(driver);
    const program = path.join(world.outside, 'victim.ts');
    writeFileSync(
      program,
      `import { chooseDriver } from '${path.resolve('src/adapters/sandbox/choose.ts')}';
      const sandbox = await chooseDriver({ only: '${driver}' }).driver.open({ name: 'victim', mounts: [],
        limits: { memoryBytes: 2 ** 28, processes: 50, cpus: 1 }, network: { mode: 'closed', allow: [] }, services: [],
        onEvent: () => undefined, trace: false });
      await sandbox.run({ step: 'a', argv: ['/bin/sh', '-c', 'sleep ${mark} & setsid sleep ${mark} &'], env: {}, cwd: '/',
        timeoutMs: 9000, onOutput: () => undefined });
      await sandbox.run({ step: 'b', argv: ['/bin/sleep', '${mark}'], env: {}, cwd: '/', timeoutMs: 90000, onOutput: () => undefined });`,
    );
    const victim = spawn(process.execPath, [program], { stdio: 'ignore' });
    for (let left = 200; left > 0 && running(mark) < 3; left--) await pause(50);
    expect(running(mark)).toBeGreaterThanOrEqual(3);
    victim.kill('SIGKILL');
    expect(await untilNone(mark)).toBe(0);
    await world.close();
  });
});
