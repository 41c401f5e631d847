import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, DRIVERS, IS_ROOT, openWorld, rootOnly, type World } from './attack.ts';

describe.each(DRIVERS)('files, held by %s', (driver) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(driver);
  });
  afterAll(() => world.close());

  const reads = (file: string): string => `cat ${file} 2>/dev/null | grep -q 'secret of the host' && echo GOT`;

  it('shows no file of the host', async () => {
    await attack(world, { script: reads('$SECRET'), env: { SECRET: path.join(world.outside, 'secret') } });
  });

  it('shows no signing key, wherever a person keeps it', async () => {
    const folder = path.join(world.outside, '.config/sluice');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'key.pem'), 'the secret of the host\n');
    await attack(world, { script: reads('$SLUICE_HOME/key.pem'), env: { SLUICE_HOME: folder } });
  });

  it('does not follow a link of the workspace out of it', async () => {
    symlinkSync(path.join(world.outside, 'secret'), path.join(world.workspace, 'link'));
    await attack(world, { script: reads('link') });
  });

  it('does not let a relative path climb out', async () => {
    await attack(world, { script: reads('../secret') });
  });

  it('has a first process through which nothing more is seen', async () => {
    await attack(world, {
      script: `${reads('/proc/1/root$SECRET')}; ${reads('/proc/1/cwd$SECRET')}
        for at in /proc/1/fd/*; do readlink $at; done 2>/dev/null | grep -vE '^(pipe|socket|anon_inode):|^/dev/null$|deleted' && echo GOT`,
      env: { SECRET: path.join(world.outside, 'secret') },
      control: reads('/proc/self/root$SECRET'),
    });
    expect((await world.run('cat /proc/1/environ')).output).not.toContain(process.env['HOME'] ?? 'HOME');
  });

  it('has no shadow, no private keys of TLS or SSH, no home of anyone', async () => {
    const { output } = await world.run(
      'ls -d /etc/shadow /etc/ssh /etc/ssl/private /root /sys /home/*; cat /etc/passwd',
    );
    expect(output).not.toMatch(/^\/(?:etc|root|sys)/m);
    expect(output).toMatch(/^\/home\/runner$/m);
    expect(output).toMatch(/^runner:x:1001:/m);
    expect(output.match(/:x:/g)).toHaveLength(3);
  });

  it.each(['/', '/usr', '/etc', '/bin', '/dev', '/proc/sys/kernel', '/home'])('is read-only at %s', async (folder) => {
    await attack(world, {
      script: `touch ${folder}/written-by-an-attack 2>/dev/null && echo GOT`,
      control: 'touch written-by-an-attack && rm written-by-an-attack && echo GOT',
    });
    expect(existsSync(path.join(folder, 'written-by-an-attack'))).toBe(false);
  });

  it('keeps the nodes of the host as they are', async () => {
    await attack(world, {
      script:
        'for node in null zero random; do chmod 666 /dev/$node 2>/dev/null && echo GOT; done; echo x > /dev/null || echo broken',
      ...(IS_ROOT ? {} : { uncontrolled: true }),
    });
  });

  it('makes no devices', async () => {
    await attack(world, {
      script: 'mknod node c 1 3 2>/dev/null && echo GOT; rm -f node; mknod /tmp/node b 254 0 2>/dev/null && echo GOT',
      ...(IS_ROOT ? {} : { uncontrolled: true }),
    });
  });

  rootOnly('gives a setuid program no other user', async () => {
    const program = path.join(world.workspace, 'setuid');
    copyFileSync('/usr/bin/id', program);
    chownSync(program, 65_534, 65_534);
    chmodSync(program, 0o4755);
    await attack(world, { script: '[ "$(./setuid -u)" = 65534 ] && echo GOT' });
  });

  it('writes settings of the kernel nowhere', async () => {
    const same = (name: string): string =>
      `value=$(cat /proc/sys/${name}) && echo "$value" 2>/dev/null > /proc/sys/${name} && echo GOT`;
    await attack(world, {
      script: `(${same('kernel/core_pattern')}; ${same('vm/swappiness')}; ${same('net/ipv4/ip_unprivileged_port_start')}) 2>/dev/null`,
      control: IS_ROOT ? same('vm/swappiness') : 'echo GOT',
    });
  });

  it('shows a mount of one command to that command only', async () => {
    const from = path.join(world.outside, 'secret');
    const mounts = [{ from, to: '/runner/commands/env', access: 'write' as const }];
    const with_ = await world.run('cat /runner/commands/env && echo written >> /runner/commands/env', { mounts });
    expect(with_.output).toContain('secret of the host');
    expect(readFileSync(from, 'utf8')).toContain('written');
    writeFileSync(from, 'the secret of the host\n');
    await attack(world, { script: reads('/runner/commands/env'), control: reads('../secret') });
  });

  it('refuses a mount point for one command where the job can write, link or not', async () => {
    await world.run('ln -s /etc /home/runner/trap');
    const mounts = [
      { from: path.join(world.outside, 'secret'), to: '/home/runner/trap/passwd', access: 'read' as const },
    ];
    await expect(world.run('true', { mounts })).rejects.toMatchObject({ code: 'mount-refused' });
  });

  it('refuses to mount what lies where the job can write', async () => {
    await world.run('ln -s /etc/shadow /workspace/trap');
    const mounts = [{ from: path.join(world.workspace, 'setuid-or-not'), to: '/mnt', access: 'read' as const }];
    writeFileSync(path.join(world.workspace, 'setuid-or-not'), '');
    await expect(world.run('true', { mounts })).rejects.toMatchObject({ code: 'mount-refused' });
  });
});
