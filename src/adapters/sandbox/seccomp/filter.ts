import { assemble, give, type Instruction, ifEqual, load, unlessAnyBit, unlessAtLeast, unlessEqual } from './bpf.ts';
import { ARCHITECTURES, type Architecture, CLONE3 } from './calls.ts';

/*
 * What a step may not ask the kernel for. A list of what is refused, as the container runtimes of the field have it:
 * a list of what is allowed would break toolchains with every new kernel. Namespaces and missing capabilities refuse
 * most of it already; the filter keeps the code behind these calls out of reach even where one of them has a hole.
 */

const KILL_PROCESS = 0x80000000;
const ALLOW = 0x7fff0000;
const TRACE = 0x7ff00000;
const errno = (number: number): number => 0x00050000 | number;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const CALL = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + 8 * index;

/** CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}; for `unshare` also NEWTIME (0x80), which in `clone` is part of the signal. */
const NAMESPACES = 0x7e020000;
const NEW_TIME = 0x80;
/** CLONE_UNTRACED: the new process would not be traced with the one that starts it. */
const UNTRACED = 0x00800000;
/** Families of sockets: Unix, IPv4, IPv6; netlink only to list interfaces and routes (NETLINK_ROUTE, protocol 0). */
const FAMILIES = [1, 2, 10];
const NETLINK = 16;
/** Puts bytes into a terminal's input: TIOCSTI, and TIOCLINUX for the console. */
const TERMINAL_INPUT = [0x5412, 0x541c];
/** What programs set in fact: Linux, with or without a 32-bit or 2.6 name, and the question what is set. */
const PERSONALITIES = [0, 8, 0x20000, 0x20008, 0xffffffff];

/** The bytes of the filter for this machine (`process.arch`), or `undefined` where its calls are not known. */
export function seccompFilter({ arch = process.arch, trace = false }: FilterWish = {}): Buffer | undefined {
  const architecture = ARCHITECTURES[arch];
  return architecture === undefined ? undefined : assemble(program(architecture, trace));
}

export interface FilterWish {
  readonly arch?: string;
  /** Stops `connect` for a tracer. Without one the call then fails with ENOSYS. */
  readonly trace?: boolean;
}

export function program(of: Architecture, trace = false): Instruction[] {
  return [
    load(ARCHITECTURE),
    ifEqual(of.audit, 1),
    give(KILL_PROCESS),
    load(CALL),
    ...(of.foreignFrom === undefined ? [] : [unlessAtLeast(of.foreignFrom, 1), give(KILL_PROCESS)]),
    unlessEqual(CLONE3, 1),
    give(errno(ENOSYS)),
    ...Object.values(of.refused).flatMap((call) => [unlessEqual(call, 1), give(errno(EPERM))]),
    ...when(of.clone, [load(argument(0)), unlessAnyBit(NAMESPACES | UNTRACED, 1), give(errno(EPERM)), give(ALLOW)]),
    ...when(of.unshare, [load(argument(0)), unlessAnyBit(NAMESPACES | NEW_TIME, 1), give(errno(EPERM)), give(ALLOW)]),
    ...when(of.socket, sockets()),
    ...when(of.socketpair, [load(argument(0)), ifEqual(1, 1), give(errno(EAFNOSUPPORT)), give(ALLOW)]),
    ...when(of.ioctl, [load(argument(1)), ...anyOf(TERMINAL_INPUT, errno(EPERM)), give(ALLOW)]),
    ...when(of.personality, [load(argument(0)), ...anyOf(PERSONALITIES, ALLOW), give(errno(EPERM))]),
    ...(trace ? [unlessEqual(of.connect, 1), give(TRACE)] : []),
    give(ALLOW),
  ];
}

/** The body must end in a return: it leaves another word loaded. */
const when = (call: number, body: readonly Instruction[]): Instruction[] => [unlessEqual(call, body.length), ...body];

const anyOf = (values: readonly number[], action: number): Instruction[] =>
  values.flatMap((value) => [unlessEqual(value, 1), give(action)]);

function sockets(): Instruction[] {
  const netlink = [load(argument(2)), ...anyOf([0], ALLOW), give(errno(EAFNOSUPPORT))];
  return [load(argument(0)), ...anyOf(FAMILIES, ALLOW), ...when(NETLINK, netlink), give(errno(EAFNOSUPPORT))];
}
