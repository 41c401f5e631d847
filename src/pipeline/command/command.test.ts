import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCommandFiles } from './files.ts';
import { type CommandEffects, Interpreter } from './interpreter.ts';
import { LineReader } from './line-reader.ts';
import { MalformedFile, parsePairs } from './pairs.ts';
import { parseCommand } from './parse.ts';

const known = (name: string): boolean => ['error', 'group', 'set-output'].includes(name);

describe('a line', () => {
  test.each([
    ['::group::Build it', { name: 'group', properties: {}, value: 'Build it' }],
    [
      '  ::ERROR file=a%2Cb.js,line=3,title=x%3Ay::one%0Atwo%25',
      { name: 'error', properties: { file: 'a,b.js', line: '3', title: 'x:y' }, value: 'one\ntwo%' },
    ],
    ['::error::a::b', { name: 'error', properties: {}, value: 'a::b' }],
    ['text ##[error]old%5D', { name: 'error', properties: {}, value: 'old]' }],
    ['::set-output name=a=b::c', { name: 'set-output', properties: { name: 'a=b' }, value: 'c' }],
    ['::unknown::x', undefined],
    ['echo ::group::x', undefined],
    ['::group', undefined],
    ['%3A%3Agroup::x', undefined],
  ])('%s', (line, command) => expect(parseCommand(line, known)).toEqual(command));

  test('is unescaped once', () => {
    expect(parseCommand('::error::%250A', known)?.value).toBe('%0A');
  });
});

describe('the pairs of a file', () => {
  test('in both forms', () => {
    expect(parsePairs('A=1\n\nB<<EOF\nx=y\n\nEOF\nC<<E\nE\nD=a<<b\n')).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: 'x=y\n' },
      { name: 'C', value: '' },
      { name: 'D', value: 'a<<b' },
    ]);
  });
  test.each(['nothing', '=x', '<<E\nE', 'A<<\n', 'A<<E\nnever', 'A<<E\n E\n'])('refuses %j', (text) => {
    expect(() => parsePairs(text)).toThrow(MalformedFile);
  });
  test('every value survives a here-document whose delimiter it does not hold', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string(), (name, value) => {
        fc.pre(!value.split('\n').includes('E-O-F'));
        expect(parsePairs(`${name}<<E-O-F\n${value}\nE-O-F\n`)).toEqual([{ name, value }]);
      }),
    );
  });
});

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

describe('command files', () => {
  test('are read after the step and gone', () => {
    const folder = join(temporary(), 'step');
    const files = createCommandFiles(folder, '/runner/commands');
    expect(files.env).toMatchObject({
      GITHUB_ENV: '/runner/commands/env',
      GITHUB_STEP_SUMMARY: '/runner/commands/summary',
    });
    writeFileSync(join(folder, 'env'), '\uFEFFA=1\n');
    writeFileSync(join(folder, 'path'), '/a\r\n\n/b\n');
    writeFileSync(join(folder, 'output'), 'broken\n');
    expect(files.take()).toMatchObject({
      env: [{ name: 'A', value: '1' }],
      path: ['/a', '/b'],
      outputs: [],
      errors: [expect.stringContaining("'output'")],
    });
    expect(files.take().env).toEqual([]);
  });
  test('that a step replaced by a link, or made too large, are not read', () => {
    const folder = join(temporary(), 'step');
    const files = createCommandFiles(folder, '/runner/commands');
    for (const name of ['env', 'output']) rmSync(join(folder, name));
    const secret = join(folder, '..', 'secret');
    writeFileSync(secret, 'A=1\n');
    symlinkSync(secret, join(folder, 'env'));
    writeFileSync(join(folder, 'summary'), 'x'.repeat(2 ** 20 + 1));
    expect(files.take()).toMatchObject({ env: [], summary: '', errors: [expect.anything(), expect.anything()] });
  });
});

function listen(options: { allowUnsecure?: boolean; debug?: boolean } = {}) {
  const seen: string[] = [];
  const note =
    (what: string) =>
    (...values: unknown[]): void =>
      void seen.push(
        `${what} ${values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}`,
      );
  const names = ['log', 'annotate', 'mask', 'setOutput', 'saveState', 'setEnv', 'addPath', 'fail'];
  const effects = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as CommandEffects;
  const interpreter = new Interpreter({ effects, allowUnsecure: false, debug: false, ...options });
  const reader = new LineReader(interpreter.commandOf, (text) => void seen.push(`text ${text.toString()}`));
  const hear = async (...chunks: string[]): Promise<string[]> => {
    for (const chunk of chunks) await reader.write(Buffer.from(chunk));
    await reader.end();
    return seen;
  };
  return hear;
}

describe('the output of a step', () => {
  test('commands are taken out in order, also when chunks cut them', async () => {
    expect(await listen()('before\n::gro', 'up::T\nin', 'side\n::endgroup::\nafter')).toEqual([
      'text before\n',
      'log ##[group]T',
      'text inside\n',
      'log ##[endgroup]',
      'text after',
    ]);
  });
  test('what is not a command passes unchanged, whatever its chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[ab:#[\n\r]{0,9}$/)), async (chunks) => {
        const seen = await listen()(...chunks);
        expect(seen.map((each) => each.replace(/^text /, '')).join('')).toBe(chunks.join(''));
      }),
    );
  });
  test('masks, outputs, state and annotations', async () => {
    const seen = await listen({ debug: true })(
      '::add-mask::value-one\n::set-output name=a::1\n::set-output name=b::2\n::save-state name=s::3\n::error file=f,line=2,col=x::m\n::debug::d\n',
    );
    expect(seen.filter((each) => !each.includes('deprecated'))).toEqual([
      'mask value-one',
      'setOutput a 1',
      'setOutput b 2',
      'saveState s 3',
      'annotate {"level":"error","message":"m","file":"f","line":2}',
      'log ##[debug]d',
    ]);
    expect(seen.filter((each) => each.includes('deprecated'))).toHaveLength(2);
  });
  test('commands stop until the token comes', async () => {
    const seen = await listen()('::stop-commands::token-123\n::error::x\n::token-123::\n::error::y\n');
    expect(seen).toEqual([
      'mask token-123',
      'log ::stop-commands::token-123',
      'text ::error::x\n',
      'log ::token-123::',
      'annotate {"level":"error","message":"y"}',
    ]);
    expect(await listen()('::stop-commands::error\n')).toEqual([expect.stringMatching(/^fail /)]);
  });
  test('set-env and add-path fail the step unless allowed, and never set NODE_OPTIONS', async () => {
    expect(await listen()('::set-env name=A::1\n::add-path::/x\n')).toEqual([
      expect.stringMatching(/^fail .*set-env/),
      expect.stringMatching(/^fail .*add-path/),
    ]);
    expect(
      await listen({ allowUnsecure: true })('::set-env name=A::1\n::add-path::/x\n::set-env name=node_options::x\n'),
    ).toEqual(['setEnv A 1', 'addPath /x', expect.stringMatching(/^annotate .*node_options/)]);
  });
  test('a line without end is passed on and never becomes a command', async () => {
    const seen = await listen()('x'.repeat(2 ** 20 + 1), '::error::no\n', '::error::yes\n');
    expect(seen.slice(1)).toEqual(['text ::error::no\n', 'annotate {"level":"error","message":"yes"}']);
  });
});
