import { afterEach, beforeEach, expect, test } from 'vitest';
import { open, Scratch } from './fixture.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.git('init', '-q', '-b', 'main');
  scratch.write('old name\n.txt', 'one\ntwo\nthree\nfour\n');
  scratch.write('deep/same.txt', 'kept\n');
  scratch.commit();
});
afterEach(() => scratch.remove());

const RENAMED = [['deep/new\tname.txt', 'old name\n.txt']];

function rename(): void {
  scratch.git('mv', 'old name\n.txt', 'deep/new\tname.txt');
  scratch.write('deep/new\tname.txt', 'one\ntwo\nthree\nfour\nfive\n');
  scratch.write('new.txt', 'something else\n');
  scratch.git('add', '.');
}

test('what is staged knows the former names of files, also of those that changed a little', async () => {
  rename();
  const source = await open({ kind: 'staged', path: scratch.folder });
  expect([...((await source.formerPaths?.()) ?? [])]).toEqual(RENAMED);
});

test('changes since a revision know them', async () => {
  rename();
  const source = await open({ kind: 'since', path: scratch.folder, revision: 'HEAD' });
  expect([...((await source.formerPaths?.()) ?? [])]).toEqual(RENAMED);
});

test('from a folder below, names start there', async () => {
  scratch.git('mv', 'deep/same.txt', 'deep/other.txt');
  const source = await open({ kind: 'staged', path: scratch.at('deep') });
  expect([...((await source.formerPaths?.()) ?? [])]).toEqual([['other.txt', 'same.txt']]);
});

test('a folder as it is has no former names', async () => {
  expect((await open({ kind: 'folder', path: scratch.folder })).formerPaths).toBeUndefined();
});
