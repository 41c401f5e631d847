import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from './lines.ts';
import { Trace } from './trace.ts';

async function read(text: string): Promise<{ programs: string[]; direct: string[] }> {
  const seen = { programs: [] as string[], direct: [] as string[] };
  const from = new PassThrough();
  const trace = new Trace(from, {
    program: (path) => seen.programs.push(path),
    direct: (host, port) => seen.direct.push(`${host} ${port}`),
  });
  from.end(text);
  await trace.ended;
  return seen;
}

describe('Trace', () => {
  it('reads programs that were started, whatever bytes their names have', async () => {
    const { programs } = await read('x /usr/bin/ls\nx a"b\\303\\244\\040\\134\nx\n');
    expect(programs).toEqual(['/usr/bin/ls', 'a"b\u00e4 \\']);
  });

  it('tells connections beyond the loopback, with addresses as people write them', async () => {
    const loopback = ['127.0.0.1 3128', '0:0:0:0:0:0:0:1 80', '0:0:0:0:0:0:0:0 80', '0:0:0:0:0:ffff:7f00:1 80'];
    const beyond = ['10.0.0.1 80', '2606:4700:0:0:0:0:0:1111 443', '0:0:0:0:0:ffff:a00:1 80', 'fe80:0:0:1:0:0:0:0 1'];
    const { direct } = await read([...loopback, ...beyond].map((where) => `c ${where}\n`).join(''));
    expect(direct).toEqual(['10.0.0.1 80', '2606:4700::1111 443', '::ffff:10.0.0.1 80', 'fe80:0:0:1:: 1']);
  });

  it('has ended with the command, although something that it left behind goes on', async () => {
    const from = new PassThrough();
    const trace = new Trace(from, { program: () => undefined, direct: () => undefined });
    from.write('end\n');
    await expect(trace.ended).resolves.toBeUndefined();
  });

  it('bears any line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (line) => {
        expect((await read(`${line}\nx ${line}\nc ${line}\nend\n`)).direct.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('LineReader', () => {
  it('gives the same lines however they arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ]{0,20}$/)), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const got: string[] = [];
        const reader = new LineReader((line) => got.push(line));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
        expect(got).toEqual(lines);
      }),
    );
  });

  it('leaves out a line without end', () => {
    const got: string[] = [];
    const reader = new LineReader((line) => got.push(line));
    reader.take(Buffer.alloc(70_000, 'x'));
    reader.take(Buffer.from('rest\nnext\n'));
    expect(got).toEqual(['next']);
  });
});
