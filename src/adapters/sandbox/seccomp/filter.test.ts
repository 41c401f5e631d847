import { describe, expect, it } from 'vitest';
import { ARCHITECTURES, type Architecture, CLONE3 } from './calls.ts';
import { program, seccompFilter } from './filter.ts';

const KILL = 0x80000000;
const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;

interface Call {
  readonly audit: number;
  readonly call: number;
  readonly args?: readonly number[];
}

/** What the kernel does with the program, for the few instructions that it has. */
function judge(of: Architecture, { audit, call, args = [] }: Call): number {
  const word = (offset: number): number =>
    offset === 0 ? call : offset === 4 ? audit : offset % 8 === 0 ? (args[(offset - 16) / 8] ?? 0) >>> 0 : 0;
  const instructions = program(of);
  let loaded = 0;
  for (let at = 0; at < instructions.length; at++) {
    const { code, operand, whenTrue, whenFalse } = instructions[at] as (typeof instructions)[number];
    if (code === 0x20) loaded = word(operand);
    else if (code === 0x06) return operand;
    else {
      const holds = code === 0x15 ? loaded === operand : code === 0x35 ? loaded >= operand : (loaded & operand) !== 0;
      at += holds ? whenTrue : whenFalse;
    }
  }
  throw new Error('the program ran past its end');
}

describe.each(Object.entries(ARCHITECTURES))('the filter for %s', (_name, of) => {
  const decide = (call: number, ...args: number[]): number => judge(of, { audit: of.audit, call, args });

  it('ends what comes from another architecture', () => {
    expect(judge(of, { audit: 0x40000003, call: 1 })).toBe(KILL);
    if (of.foreignFrom !== undefined) expect(decide(of.foreignFrom + 1)).toBe(KILL);
  });

  it('refuses every call of its list, and lets others pass', () => {
    for (const call of Object.values(of.refused)) expect(decide(call)).toBe(EPERM);
    const looked = [of.clone, of.unshare, of.socket, of.socketpair, of.ioctl, of.personality, CLONE3];
    const special = new Set([...Object.values(of.refused), ...looked]);
    for (let call = 0; call < 600; call++) if (!special.has(call)) expect(decide(call)).toBe(ALLOW);
    expect(decide(CLONE3)).toBe(0x00050026);
  });

  it('refuses new namespaces by clone and unshare, each alone and with others', () => {
    const kinds = [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000];
    for (const kind of kinds) {
      expect(decide(of.clone, kind | 17)).toBe(EPERM);
      expect(decide(of.unshare, kind)).toBe(EPERM);
    }
    expect(decide(of.unshare, 0x80)).toBe(EPERM);
    // A thread, a child by fork, and a private table of files.
    expect([decide(of.clone, 0x3d0f00), decide(of.clone, 0x1200011), decide(of.unshare, 0x400)]).toEqual([
      ALLOW,
      ALLOW,
      ALLOW,
    ]);
  });

  it('opens sockets of the usual families, and of netlink only for routes', () => {
    for (const family of [1, 2, 10]) expect(decide(of.socket, family, 1, 0)).toBe(ALLOW);
    expect(decide(of.socket, 16, 3, 0)).toBe(ALLOW);
    for (let family = 0; family < 64; family++) {
      if (![1, 2, 10].includes(family)) expect(decide(of.socket, family, 3, 9)).not.toBe(ALLOW);
    }
    expect(decide(of.socketpair, 1)).toBe(ALLOW);
    expect(decide(of.socketpair, 40)).not.toBe(ALLOW);
  });

  it('refuses input into terminals and odd personalities', () => {
    expect([0x5412, 0x541c].map((request) => decide(of.ioctl, 0, request))).toEqual([EPERM, EPERM]);
    expect(decide(of.ioctl, 0, 0x5413)).toBe(ALLOW);
    expect([0, 8, 0xffffffff].map((value) => decide(of.personality, value))).toEqual([ALLOW, ALLOW, ALLOW]);
    expect(decide(of.personality, 0x0040000)).toBe(EPERM);
  });
});

it('has eight bytes for each instruction, and none for a machine that it does not know', () => {
  expect(seccompFilter({ arch: 'x64' })?.length).toBe(program(ARCHITECTURES['x64'] as Architecture).length * 8);
  expect(seccompFilter({ arch: 'riscv64' })).toBeUndefined();
});
