import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAuthor } from './commit-facts.ts';

it.each([
  ['author Ann Example <ann@example.com> 1700000000 +0100', 'Ann Example', 'ann@example.com', '2023-11-14T22:13:20Z'],
  ['tree x\nauthor A <b> c <d@e> 5 +0000\ncommitter Z <z> 9 +0000', 'A', 'b> c <d@e', '1970-01-01T00:00:05Z'],
  ['author nobody', 'nobody', '', '1970-01-01T00:00:00Z'],
  ['author X <x@y> 99999999999999 +0000', 'X', 'x@y', '9999-12-31T23:59:59Z'],
  ['author X <x@y> -1 +0000', 'X', 'x@y', '1970-01-01T00:00:00Z'],
])('reads %j', (header, author, email, date) => {
  expect(parseAuthor(header)).toMatchObject({ author, email, date });
});

it('reads something of everything', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      expect(parseAuthor(`author ${line}`).date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }),
  );
});
