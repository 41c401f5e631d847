import { describe, expect, it } from 'vitest';
import { BareEnds, valueAfter } from './value.ts';

/** The value bound to the identifier `name` in a text. */
function read(text: string) {
  const start = text.indexOf('name');
  const value = valueAfter(text, { start, end: start + 4 }, new BareEnds());
  return value === undefined ? undefined : [text.slice(value.span.start, value.span.end), value.quoted, value.binding];
}

describe('the value bound to a name', () => {
  it.each([
    ['name="v1"', ['v1', true, 'assigned']],
    ["name: 'v1'", ['v1', true, 'assigned']],
    ['name=v1;', ['v1', false, 'assigned']],
    ['name -> "v1"', ['v1', true, 'assigned']],
    ['name ||= "v1"', ['v1', true, 'assigned']],
    ['"name":\n  "v1"', ['v1', true, 'assigned']],
    ['name: v1 # why', ['v1', false, 'assigned']],
    ['name = b"v1"', ['v1', true, 'assigned']],
    ['name?: string = "v1"', ['v1', true, 'assigned']],
    ['name == "v1"', ['v1', true, 'compared']],
    ['name !== "v1"', ['v1', true, 'compared']],
    ['name("v1")', ['v1', true, 'argument']],
    ['"name", "v1"', ['v1', true, 'argument']],
    ['\\"name\\": \\"v1\\"', ['v1', true, 'assigned']],
    ['"name=v1\\nother=2"', ['v1', false, 'assigned']],
    ['name = "a\\"b"', ['a\\"b', true, 'assigned']],
    ['name: Bearer v1', ['v1', false, 'assigned']],
  ])('is read in %s', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each([
    ['name'],
    ['name is v1'],
    ['name='],
    ['name=\nother=v1'],
    ['name: what the server sends'],
    ['name = call("v1")'],
    ['name = $(v1)'],
    ['name = $v1'],
    ['name = list[0]'],
    ['name == v1'],
    ['name://host/v1'],
    ['name = "never closed'],
    ['name, "v1"'],
    ['name > v1'],
    [`name = "${'v'.repeat(600)}"`],
  ])('is none in %s', (text) => {
    expect(read(text)).toBeUndefined();
  });
});
