import { expect, test } from 'vitest';
import { memoryRef, refsOf, scanFiles, scanRefs } from './fixture.ts';

const many = Object.fromEntries(
  Array.from({ length: 700 }, (_, index) => [
    `folder${index % 7}/file${index}.txt`,
    index % 3 === 0 ? `line\nBAD(${index % 50}) and SECRET(${`value-${index % 11}`.repeat(4)})\n` : `clean ${index}\n`,
  ]),
);

test('the result is the same, byte for byte, for any number of workers and any timing', async () => {
  const expected = JSON.stringify(await scanFiles(many));
  for (const count of [1, 2, 4]) {
    for (const slow of [{}, { file10: 5, file65: 20 }]) {
      expect(JSON.stringify(await scanFiles(many, { count, setup: { slow } }))).toBe(expected);
    }
  }
  expect(JSON.parse(expected).findings).toHaveLength(50 + 11);
});

test('a listing in batches of any size gives the same', async () => {
  const refs = refsOf(many);
  const expected = JSON.stringify(await scanRefs(refs));
  const ones = refs.map((ref) => [ref]);
  expect(JSON.stringify(await scanRefs([], { refs: ones }))).toBe(expected);
  async function* slowly() {
    for (let at = 0; at < refs.length; at += 100) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield refs.slice(at, at + 100);
    }
  }
  expect(JSON.stringify(await scanRefs([], { refs: slowly(), count: 2 }))).toBe(expected);
});

test('coverage counts what a check read, and binary content apart', async () => {
  const refs = [
    memoryRef('a.txt', 'some text'),
    memoryRef('b.bin', Buffer.from([1, 0, 2])),
    memoryRef('c.unwanted', 'BAD(1)'),
    memoryRef('d.box', 'one: BAD(1)\ntwo: BAD(1)'),
  ];
  const result = await scanRefs(refs);
  expect(result.coverage).toEqual({ artifacts: 4, bytes: 9 + 3 + 6 + 6, binary: 1, checks: 4 });
  expect(result.findings).toHaveLength(1);
  expect(result.findings[0]?.location.path).toBe('d.box!one');
  expect(result.findings[0]?.places.map(({ path }) => path)).toEqual(['d.box!two']);
});

test('a read that waits is waited for', async () => {
  for (const count of [0, 1]) {
    const result = await scanFiles({ 'a.late': 'BAD(1)' }, { count });
    expect(result.findings).toHaveLength(1);
  }
});

test('progress ends with all artifacts of all', async () => {
  const events: unknown[] = [];
  await scanFiles(many, { progress: (event) => events.push(event) });
  expect(events.at(-1)).toEqual({ phase: 'checking', done: 700, total: 700 });
});

test('content in memory survives the way to a worker, also where it shares its buffer', async () => {
  const shared = Buffer.from('xxxBAD(1)yyyBAD(2)zzz');
  const refs = [memoryRef('a', shared.subarray(3, 9)), memoryRef('empty', ''), memoryRef('b', shared.subarray(12, 18))];
  const result = await scanRefs(refs, { count: 1 });
  expect(result.findings.map(({ location }) => [location.path, location.startColumn, location.endColumn])).toEqual([
    ['a', 5, 6],
    ['b', 5, 6],
  ]);
});

test('a listing that fails fails the scan', async () => {
  async function* broken() {
    yield refsOf({ a: 'BAD(1)' });
    throw new Error('the source broke');
  }
  await expect(scanRefs([], { refs: broken(), count: 1 })).rejects.toThrow('the source broke');
});
