import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#core/event.ts';
import { plain } from '#core/secret.ts';
import { DRIVERS, openWorld } from './attack.ts';

describe.each(DRIVERS)('what is recorded of a job in %s', (driver) => {
  it('tells programs, connections and files with their step, masked', async () => {
    const mask = (text: string) => plain(text.replaceAll('hunter2', '********'));
    const world = await openWorld(driver, { trace: true, mask });
    const script =
      'ls /tmp; no-such-program; (exec 3<>/dev/tcp/198.51.100.7/443); touch ~/hunter2 /tmp/b ./c; curl -s -m 3 http://hunter2.test/';
    const { code } = await world.run(script, { step: 'build' });
    expect(code).toBe(0);
    await world.run('echo more >> ~/hunter2; sleep 300 & disown', { step: 'test' });
    expect((await world.run('ps ax', { step: 'last' })).output).not.toContain('sleep 300');
    await world.close();
    const told = (kind: RunEvent['kind']): string[] =>
      world.events
        .filter((event) => event.kind === kind)
        .map((event) => {
          const { step } = event;
          if (event.kind === 'process') return `${step} ${event.program}`;
          if (event.kind === 'connection') return `${step} ${event.via} ${event.host} ${event.reason}`;
          return event.kind === 'file' ? `${step} ${event.path}` : step;
        });
    expect(told('process')).toEqual(
      expect.arrayContaining(['build /bin/bash', 'build /usr/bin/ls', 'build /usr/bin/touch', 'test /usr/bin/sleep']),
    );
    expect(told('process').join('\n')).not.toMatch(/no-such-program|bwrap|perl|nsenter/);
    expect(told('connection')).toEqual(['build socket 198.51.100.7 no-route', 'build proxy ********.test not-listed']);
    expect(told('file')).toEqual(['build /home/runner/********', 'build /tmp/b', 'test /home/runner/********']);
    expect(JSON.stringify(world.events)).not.toContain('hunter2');
  });

  it('holds a traced step as an untraced one, and ends it the same way', async () => {
    const world = await openWorld(driver, { trace: true });
    const { output } = await world.run(
      'unshare -U true 2>/dev/null && echo GOT; grep -E "Seccomp:|NoNewPrivs" /proc/self/status; ls /proc/self/fd',
    );
    expect(output).toMatch(/NoNewPrivs:\s+1/);
    expect(output).toMatch(/Seccomp:\s+2/);
    expect(output).not.toContain('GOT');
    expect(output).not.toMatch(/^[4-9]$/m);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 700);
    const asked = await world.run('trap "echo asked; exit 3" INT; sleep 20 & wait', { signal: cancel.signal });
    expect(asked).toMatchObject({ ended: 'cancelled', code: 3 });
    await world.close();
  });
});
