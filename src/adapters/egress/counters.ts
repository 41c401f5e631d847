import { readFileSync } from 'node:fs';

/**
 * What the kernel counts in a network namespace whose only interface is the loopback: each try to send beyond it finds no route. So
 * direct sockets are noticed even where nothing traces them, though not where they wanted to go.
 */
export function triesWithoutRoute(pid: number): number {
  return figure(`/proc/${pid}/net/snmp`, 'Ip', 'OutNoRoutes') + figure6(`/proc/${pid}/net/snmp6`, 'Ip6OutNoRoutes');
}

/** In snmp, a line of names is followed by a line of numbers, both begun by the protocol. */
function figure(file: string, protocol: string, name: string): number {
  const [names = '', numbers = ''] = read(file)
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}: `));
  const at = names.split(' ').indexOf(name);
  return at < 0 ? 0 : Number(numbers.split(' ')[at] ?? 0);
}

const figure6 = (file: string, name: string): number =>
  Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(read(file))?.[1] ?? 0);

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
