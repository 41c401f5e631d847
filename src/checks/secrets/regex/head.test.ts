import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emit } from './emit.ts';
import { headOf } from './head.ts';
import { translate } from './regex.ts';

const PATTERNS = [
  'ab{3,700}c',
  '(?:a|bd)+c',
  'a{600}b',
  '(a(b|c{1,900}d)e)*f',
  'a[^b]*b[^c]*c',
  '(?:(?:a|bc){2,300}d){1,3}',
  'a(?:b{0,600}|c)\\bd',
  '(?:a{70}b){1,14}c$',
];

const text = fc
  .array(fc.tuple(fc.constantFrom(...'abcdef \n'), fc.constantFrom(1, 1, 1, 2, 63, 64, 65, 70, 140)), { maxLength: 24 })
  .map((runs) => runs.map(([char, times]) => char.repeat(times)).join(''));

test.each(PATTERNS)('where %s matches, its head does, and with no more characters than it says', (pattern) => {
  const { source, tree } = translate(pattern);
  const head = headOf(tree);
  expect(head.whole).toBe(false);
  const [whole, first] = [new RegExp(source, 'yu'), new RegExp(emit(head.node), 'yu')];
  fc.assert(
    fc.property(text, (string) => {
      for (let at = 0; at < Math.min(string.length, 40); at++) {
        whole.lastIndex = at;
        first.lastIndex = at;
        const [all, some] = [whole.exec(string), first.exec(string)];
        if (all !== null) expect(some).not.toBeNull();
        expect(some?.[0].length ?? 0).toBeLessThanOrEqual(head.most);
      }
    }),
  );
});

test('a short pattern is its own head', () => {
  const { tree } = translate('key_([a-z]{32})\\b');
  expect(headOf(tree)).toEqual({ node: tree, most: 36, whole: true });
});

test('a long run does not hide what must follow a short one', () => {
  const head = new RegExp(emit(headOf(translate('token\\s*=\\s*"[^"]*"').tree).node), 'yu');
  expect(head.test('token = "x"')).toBe(true);
  head.lastIndex = 0;
  expect(head.test('token.next()')).toBe(false);
});
