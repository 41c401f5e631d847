import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What an address is to a job: only `public` may be reached without a rule that names it. */
export type AddressKind = 'public' | 'private-address' | 'metadata-address';

/** Where clouds tell a machine its credentials. Azure's and Alibaba's lie in ranges that look public or shared. */
const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
];
const METADATA_6 = ['fd00:ec2::254', 'fd20:ce::254', 'fd00:ec2::23'];

/** The registries of special-purpose addresses (RFC 6890 and its updates): this host, private, shared, link-local, multicast, reserved. */
const INTERNAL: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of version 6 only the global unicast range is public at all; what in it embeds an address of version 4 is judged by that. */
const GLOBAL_6: readonly [string, number] = ['2000::', 3];
const INTERNAL_6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['3fff::', 20],
];

const internal = new BlockList();
for (const [network, prefix] of INTERNAL) internal.addSubnet(network, prefix, 'ipv4');
const internal6 = new BlockList();
for (const [network, prefix] of INTERNAL_6) internal6.addSubnet(network, prefix, 'ipv6');
const global6 = new BlockList();
global6.addSubnet(...GLOBAL_6, 'ipv6');

/** Judges an address as text, of version 4 or 6; anything else is not public. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) {
    if (METADATA.includes(address)) return 'metadata-address';
    return internal.check(address, 'ipv4') ? 'private-address' : 'public';
  }
  if (!isIPv6(address)) return 'private-address';
  const groups = groupsOf(address);
  if (groups === undefined) return 'private-address';
  if (METADATA_6.some((other) => String(groupsOf(other)) === String(groups))) return 'metadata-address';
  const within = embedded(groups);
  if (within !== undefined) return addressKind(within);
  return global6.check(address, 'ipv6') && !internal6.check(address, 'ipv6') ? 'public' : 'private-address';
}

/** One way to write each address, so that a rule and a request that mean the same are equal. */
export function canonicalAddress(address: string): string {
  const groups = isIPv6(address) ? groupsOf(address) : undefined;
  return groups === undefined ? address : groups.map((group) => group.toString(16)).join(':');
}

/** The address of version 4 in a mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address. */
function embedded(groups: readonly number[]): string | undefined {
  const [a = 0, b = 0, c = 0] = groups;
  const middle = groups.slice(2, 6).every((group) => group === 0);
  if (a === 0x2002) return dotted(b, c);
  const low = dotted(groups[6] ?? 0, groups[7] ?? 0);
  if (a === 0x64 && b === 0xff9b && middle) return low;
  const zero = groups.slice(0, 5).every((group) => group === 0);
  if (zero && (groups[5] === 0xffff || groups[5] === 0)) return low;
  return undefined;
}

const dotted = (high: number, low: number): string => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;

/** The eight groups of an address of version 6 that `isIPv6` holds for; `undefined` for one with a zone. */
function groupsOf(address: string): number[] | undefined {
  if (address.includes('%')) return undefined;
  const [head = '', tail] = withoutDots(address).split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...middle, ...back].map((group) => Number.parseInt(group, 16));
}

function withoutDots(address: string): string {
  const dots = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (dots === null) return address;
  const [a = 0, b = 0, c = 0, d = 0] = dots.slice(1).map(Number);
  return `${address.slice(0, dots.index)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
