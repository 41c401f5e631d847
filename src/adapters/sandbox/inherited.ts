import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC, as /proc/self/fdinfo writes it. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Descriptors from `first` on that a program we start would inherit: those that we were started with ourselves and that
 * whoever did so forgot to close. The command must not get them.
 */
export function inheritedDescriptors(first: number): number[] {
  if (!existsSync('/proc/self/fd')) return [];
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor >= first && isInherited(descriptor))
    .toSorted((a, b) => a - b);
}

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
