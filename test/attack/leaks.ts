import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';
import { Traces } from '../secrecy/traces.ts';

/** What the test itself wrote down, and what is kept by git of the workflow. */
const OURS = /^(?:inputs|control)\/|^project\/\.git\//;

/** What a program said. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Every place where one of the secrets, a part of it or an encoding of it can be read: what was printed, and every file
 * below a folder by its name and content, also within archives. Each as `name in place`.
 */
export async function leaksIn(
  secrets: Readonly<Record<string, string>>,
  folder: string,
  runs: readonly Said[],
): Promise<string[]> {
  const traces = new Traces(secrets);
  // What is told of hosts is told in lower case.
  const lower = new Traces(
    Object.fromEntries(Object.entries(secrets).map(([name, text]) => [name, text.toLowerCase()])),
  );
  const leaks = new Set<string>();
  const look = (place: string, text: string): void => {
    for (const name of [...traces.in(text), ...lower.in(text.toLowerCase())]) leaks.add(`${name} in ${place}`);
  };
  for (const [index, { stdout, stderr }] of runs.entries()) {
    look(`stdout of run ${index + 1}`, stdout);
    look(`stderr of run ${index + 1}`, stderr);
  }
  for (const file of filesIn(folder)) {
    const path = relative(folder, file);
    if (OURS.test(path)) continue;
    look(`the name of ${path}`, path);
    for (const content of await contentsOf(readFileSync(file))) {
      look(path, content.toString('latin1'));
      if (content.includes(0)) look(path, content.toString('utf16le'));
    }
  }
  return [...leaks].toSorted();
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** A file as it is and, where it is an archive, what is in it. */
async function contentsOf(content: Buffer): Promise<Buffer[]> {
  if (content.subarray(0, 2).toString('hex') === '1f8b') return [content, gunzipSync(content)];
  if (content.subarray(0, 4).toString('latin1') !== 'PK\u0003\u0004') return [content];
  const found: Buffer[] = [content];
  const zip = await fromBufferPromise(content);
  for await (const entry of zip.eachEntry()) {
    found.push(Buffer.from(entry.fileName));
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    found.push(Buffer.concat(chunks));
  }
  return found;
}
