import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, DRIVERS, IS_ROOT, intelOnly, openWorld, type World } from './attack.ts';

/** A system call by Perl, which is wherever a driver is: prints GOT unless it is refused with one of these errors. */
const call = (number: number, args: string, ...refusals: number[]): string =>
  `perl -e '@a = (${args}); $r = syscall(${number}, @a); print "G", "OT ${number}\n" unless $r < 0 && grep { $_ == $!+0 } (${refusals.join(', ')})'`;

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
const ROOT_ONLY = IS_ROOT ? {} : { uncontrolled: true };

describe.each(DRIVERS)('the kernel, behind %s', (driver) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(driver);
  });
  afterAll(() => world.close());

  it('mounts nothing', async () => {
    await attack(world, {
      script: 'mkdir -p m; mount -t tmpfs none m 2>/dev/null && echo GOT; mount --bind / m 2>/dev/null && echo GOT',
      control: 'mkdir -p m; unshare -rm mount -t tmpfs none m && echo GOT',
    });
  });

  it('changes no root', async () => {
    await attack(world, {
      script: 'chroot / true 2>/dev/null && echo GOT',
      control: 'unshare -r chroot / true && echo GOT',
    });
  });

  it('makes no namespaces', async () => {
    await attack(world, {
      script: 'for kind in -U -r -n -m -p -i -u -C; do unshare $kind true 2>/dev/null && echo GOT $kind; done',
    });
  });

  it('joins no namespaces', async () => {
    await attack(world, {
      script:
        'nsenter -t 1 -n true 2>/dev/null && echo GOT; nsenter -t $$ -U true 2>&1 | grep -q "Operation not permitted" || echo GOT',
      control: 'nsenter -t $$ -U true 2>&1 | grep -q "Operation not permitted" || echo GOT',
    });
  });

  intelOnly('refuses what container runtimes refuse', async () => {
    const refused: readonly (readonly [number, string])[] = [
      [248, '"user", "a", "b", 1, -2'],
      [250, '0, -2, 0'],
      [321, '0, 0, 0'],
      [298, '0, 0, 0, 0, 0'],
      [425, '1, 0'],
      [323, '0'],
      [246, '0, 0, 0, 0'],
      [175, '0, 0, 0'],
      [304, '0, 0, 0'],
      [155, '"/", "/"'],
      [428, '-100, "/", 0'],
      [430, '"tmpfs", 0'],
      [308, '0, 0'],
      [435, '0, 0'],
    ];
    const script = refused.map(([number, args]) => call(number, args, number === 435 ? ENOSYS : EPERM)).join('\n');
    // Not all of them are allowed to everyone on the bare machine, but the keyring and the personality are.
    await attack(world, { script, control: call(248, '"user", "a", "b", 1, -2', EPERM) });
  });

  intelOnly('clones into no user namespace, and knows no other ABI', async () => {
    await attack(world, {
      script: `${call(56, '0x10000011, 0, 0, 0, 0', EPERM)}; perl -e 'syscall(0x40000000 + 39); print "G", "OT\n"'`,
      control: `perl -e 'syscall(39); print "G", "OT\n"'`,
    });
  });

  intelOnly('opens no sockets to the kernel itself', async () => {
    const families = { alg: 38, packet: 17, vsock: 40, netlinkAudit: 16, bluetooth: 31 };
    const script = Object.values(families)
      .map((family) => call(41, `${family}, ${family === 17 ? 3 : 5}, ${family === 16 ? 9 : 0}`, EAFNOSUPPORT))
      .join('\n');
    await attack(world, { script, control: call(41, '16, 3, 9', EAFNOSUPPORT) });
  });

  it('puts nothing into the input of a terminal', async () => {
    const script = `perl -e 'open(T, "+<", "/dev/ptmx"); $c = "x"; ioctl(T, 0x5412, $c); print "GOT\n" unless $!+0 == 1'`;
    await attack(world, { script, control: script.replace('0x5412', '0x5413') });
  });

  it('has no privileges, and gains none', async () => {
    const { output } = await world.run('cat /proc/self/status');
    expect(output).toMatch(/^CapEff:\s+0{16}$/m);
    expect(output).toMatch(/^CapBnd:\s+0{16}$/m);
    expect(output).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(output).toMatch(/^Seccomp:\s+2$/m);
  });

  it('sees no control groups', async () => {
    await attack(world, {
      script: '[ -e /sys/fs/cgroup ] && echo GOT; grep -q sluice /proc/self/cgroup && echo GOT',
      control: '[ -e /sys/fs/cgroup ] && echo GOT',
    });
  });

  it('starts no handler of core files on the host', async () => {
    const { output } = await world.run('ulimit -Hc; cat /proc/self/limits | grep core');
    expect(output).toMatch(/core file size\s+1\s+1\s/);
  });

  it('loads nothing of the step into the programs that hold it', async () => {
    const env = {
      PERL5OPT: '-Mno_such_module',
      LD_PRELOAD: '/workspace/evil.so',
      BASH_ENV: '/workspace/evil',
      ENV: '/workspace/evil',
    };
    const { output, code } = await world.run('echo $PERL5OPT', { env });
    expect(output).toContain('-Mno_such_module');
    expect(code).toBe(0);
  });

  it('changes neither clock nor name of the machine', async () => {
    await attack(world, {
      script: 'hostname evil 2>/dev/null && echo GOT; date -s "2001-01-01" >/dev/null 2>&1 && echo GOT',
      control: 'unshare -ru hostname evil && echo GOT',
      ...ROOT_ONLY,
    });
  });
});
