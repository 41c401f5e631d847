import { describe, expect, test } from 'vitest';
import { documentation, emptyReport, fullReport, incompleteReport, whole } from './fixture.ts';
import { FORMATS, formatNamed } from './index.ts';
import type { RenderOptions } from './options.ts';

const OPTIONS: RenderOptions = {
  color: false,
  width: 80,
  verbose: false,
  documentation,
  repository: { uri: 'https://example.com/shop.git', revision: 'c0ffee', branch: 'main' },
};

const OF_THEIR_OWN = ['text', 'json'];

describe.each(FORMATS.filter(({ name }) => !OF_THEIR_OWN.includes(name)))('format $name', ({ load }) => {
  test('of everything', async () => expect(whole((await load()).render)(fullReport(), OPTIONS)).toMatchSnapshot());
  test('of nothing', async () => expect(whole((await load()).render)(emptyReport(), OPTIONS)).toMatchSnapshot());
  test('of an incomplete scan', async () =>
    expect(whole((await load()).render)(incompleteReport(), OPTIONS)).toMatchSnapshot());
});

describe.each(FORMATS)('format $name', ({ load }) => {
  test('is the same for the same scan at another time, where the format needs no time', async () => {
    const render = whole((await load()).render);
    const later = { ...fullReport(), startedAt: '2027-01-01T00:00:00Z', endedAt: '2027-01-01T00:00:01Z' };
    const withoutTimes = (text: string): string => text.replaceAll(/"(start|end)_time": "[^"]+"/g, '');
    expect(withoutTimes(render(later, OPTIONS))).toBe(withoutTimes(render(fullReport(), OPTIONS)));
  });

  test('ends with a line break', async () =>
    expect(whole((await load()).render)(emptyReport(), OPTIONS)).toMatch(/\n$/));
});

test('names are unique and found', () => {
  expect(new Set(FORMATS.map(({ name }) => name)).size).toBe(FORMATS.length);
  for (const format of FORMATS) expect(formatNamed(format.name)).toBe(format);
  expect(formatNamed('nonsense')).toBeUndefined();
});
