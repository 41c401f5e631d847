import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKind, canonicalAddress } from './addresses.ts';
import { hostName, networkRules } from './rules.ts';

describe('addressKind', () => {
  it.each([
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.1.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:a00:1',
      '64:ff9b::10.0.0.1',
      '2002:a00:1::',
      '::10.0.0.1',
    ],
    ...['2001::1', '64:ff9b:1::a00:1', 'fe80::1%eth0', 'no address', ''],
  ])('takes %s for private', (address) => {
    expect(addressKind(address)).toBe('private-address');
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '168.63.129.16',
    '100.100.100.200',
    'fd00:0ec2::254',
  ])('takes %s for the place where clouds tell credentials', (address) => {
    expect(addressKind(address)).toBe('metadata-address');
  });

  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    'takes %s for public',
    (address) => {
      expect(addressKind(address)).toBe('public');
    },
  );

  it('judges an address the same however it is written or wrapped', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const plain = addressKind(address);
        expect(
          [`::ffff:${address}`, `0:0:0:0:0:ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`].map(addressKind),
        ).toEqual(Array.from({ length: 4 }, () => plain));
      }),
    );
  });

  it('writes every address in one way', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => canonicalAddress(canonicalAddress(address)) === canonicalAddress(address)),
    );
  });
});

describe('networkRules', () => {
  const rules = networkRules({
    mode: 'allow',
    allow: ['Example.com', 'git.test:22', '*.cdn.test', '10.0.0.5:8080', '[fd00::5]:80'],
  });

  it.each([
    ['example.com', 443, true],
    ['example.com', 80, true],
    ['example.com', 22, false],
    ['www.example.com', 443, false],
    ['example.com.evil.test', 443, false],
    ['git.test', 22, true],
    ['git.test', 443, false],
    ['a.cdn.test', 443, true],
    ['a.b.cdn.test', 443, true],
    ['cdn.test', 443, false],
    ['evilcdn.test', 443, false],
  ])('for %s with port %i says %s', (host, port, allowed) => {
    expect(rules.allows(host, port)).toBe(allowed);
  });

  it('names only the addresses that it lists, with their port', () => {
    expect(rules.names('10.0.0.5', 8080)).toBe(true);
    expect(rules.names('fd00:0:0::5', 80)).toBe(true);
    expect(rules.names('10.0.0.5', 80)).toBe(false);
    expect(rules.names('10.0.0.6', 8080)).toBe(false);
  });

  it('allows nothing when closed, whatever is listed', () => {
    expect(networkRules({ mode: 'closed', allow: ['example.com'] }).allows('example.com', 443)).toBe(false);
  });

  it.each([
    '',
    '*',
    '*.',
    'http://example.com',
    'example.com:0',
    'example.com:70000',
    'a b',
    '*.10.0.0.1',
    'example.com/path',
    '127.1',
  ])('refuses the entry %j', (entry) => {
    expect(() => networkRules({ mode: 'allow', allow: [entry] })).toThrow(/no entry of a network list/);
  });

  it.each(['127.1', '0x7f000001', '2130706433', '0177.0.0.1', '10.1', 'fe80::1%lo', '', '..', 'a..b'])(
    'takes %j for no host',
    (text) => {
      expect(hostName(text)).toBeUndefined();
    },
  );

  it('reads any text without a defect', () => {
    fc.assert(fc.property(fc.string(), (text) => ['string', 'undefined'].includes(typeof hostName(text))));
  });
});
