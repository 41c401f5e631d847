import { describe, expect, it } from 'vitest';
import { DRIVERS, IS_ROOT, openWorld, rootOnly } from './attack.ts';

/** Bounds of a whole job take a control group, which an ordinary user may not always make; the problems then say so. */
describe.each(DRIVERS)('bounds, kept by %s', (driver) => {
  it('says which bounds it cannot keep', async () => {
    const world = await openWorld(driver);
    const codes = world.sandbox.problems.map(({ code }) => code);
    if (IS_ROOT) expect(codes).toEqual([]);
    await world.close();
  });

  rootOnly('ends what takes too much memory, and goes on', async () => {
    const world = await openWorld(driver);
    const bomb = `perl -e '$x = "x" x (1 << 30); print length $x'`;
    expect(await world.run(bomb)).toMatchObject({
      ended: 'memory',
      code: 137,
      output: expect.not.stringContaining('1073741824'),
    });
    expect(await world.run('echo fine')).toMatchObject({ code: 0, output: 'fine\n' });
    expect(world.events).toContainEqual(expect.objectContaining({ kind: 'resource', limit: 'memory', step: 'attack' }));
    const small = await world.run(`perl -e '$x = "x" x (1 << 20); print length $x'`);
    expect(small).toMatchObject({ ended: 'itself', output: '1048576' });
    await world.close();
  });

  rootOnly('counts files in memory as memory', async () => {
    const world = await openWorld(driver);
    const { output } = await world.run('head -c 600000000 /dev/zero > /dev/shm/fill; stat -c %s /dev/shm/fill');
    expect(output).not.toContain('600000000');
    await world.close();
  });

  rootOnly('stops a fork bomb, and goes on', async () => {
    const world = await openWorld(driver);
    const { output } = await world.run(
      'for i in $(seq 400); do sleep 20 & done 2>/dev/null; ls -d /proc/[0-9]* | wc -l',
      {
        timeoutMs: 20_000,
      },
    );
    expect(Number(/\d+\s*$/.exec(output)?.[0] ?? 0)).toBeLessThan(150);
    expect(world.events).toContainEqual(expect.objectContaining({ kind: 'resource', limit: 'processes' }));
    await world.close();
    const free = await openWorld(driver, { limits: { memoryBytes: 2 ** 28, processes: 500, cpus: 2 } });
    const many = await free.run('for i in $(seq 200); do sleep 20 & done; ls -d /proc/[0-9]* | wc -l');
    expect(Number(/\d+\s*$/.exec(many.output)?.[0] ?? 0)).toBeGreaterThan(200);
    await free.close();
  });
});
