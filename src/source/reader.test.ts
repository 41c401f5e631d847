import { expect, it } from 'vitest';
import type { Artifact } from '#core/artifact.ts';
import type { Problem } from '#core/problem.ts';
import { zipOf } from './archive/fixture.ts';
import { RefReader } from './reader.ts';

const refOf = (path: string, bytes: Buffer) =>
  ({ path, size: bytes.length, origin: { kind: 'file' }, content: { kind: 'memory', bytes } }) as const;

const recorder = (stopAt?: string) => {
  const seen: string[] = [];
  const artifact = ({ path }: Artifact): void => {
    seen.push(path);
    if (path === stopAt) throw new Error('enough');
  };
  return { seen, artifact, problem: (problem: Problem): void => void seen.push(problem.code) };
};

it('answers at once for a file and later for an archive', async () => {
  const reader = new RefReader();
  const file = recorder();
  expect(reader.read(refOf('a', Buffer.from('x')), file)).toBeUndefined();
  expect(file.seen).toEqual(['a']);
  const archive = recorder();
  await reader.read(refOf('z', zipOf([{ name: 'b', content: '' }])), archive);
  expect(archive.seen).toEqual(['z', 'z!b']);
});

it('lets what its sink throws pass, from a file and from within an archive', async () => {
  const reader = new RefReader();
  expect(() => reader.read(refOf('a', Buffer.from('x')), recorder('a'))).toThrow('enough');
  const sink = recorder('z!b');
  const bytes = zipOf(['a', 'b', 'c'].map((name) => ({ name, content: '' })));
  await expect(reader.read(refOf('z', bytes), sink)).rejects.toThrow('enough');
  expect(sink.seen).toEqual(['z', 'z!a', 'z!b']);
});

it('expects archives by their names', () => {
  const reader = new RefReader();
  expect(['a.zip', 'b.tar.GZ', 'c.whl', 'd.ts', 'zip'].map((path) => reader.expands(path))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
