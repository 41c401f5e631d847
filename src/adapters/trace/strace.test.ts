import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from './lines.ts';
import { Trace } from './strace.ts';

function read(...lines: string[]): { programs: string[]; direct: string[] } {
  const seen = { programs: [] as string[], direct: [] as string[] };
  const trace = new Trace({
    program: (path) => seen.programs.push(path),
    direct: (host, port) => seen.direct.push(`${host} ${port}`),
  });
  for (const line of ['1 execve("/usr/bin/bwrap", [""...], 0x1 /* 2 vars */) = 0', ...lines]) trace.line(line);
  return seen;
}

describe('Trace', () => {
  it('reads programs that were started, and leaves out the one that makes the sandbox and those that were not found', () => {
    const { programs } = read(
      '1 execve("/usr/bin/other", [""...], 0x1 /* 2 vars */) = 0',
      '7 execve("/usr/local/bin/ls", [""...], 0x1 /* 2 vars */) = -1 ENOENT (No such file or directory)',
      '7 execve("/usr/bin/ls", [""...], 0x1 /* 2 vars */) = 0',
      '8 execveat(3, "a\\"b\\303\\244", [""...], 0x1 /* 2 vars */, 0) = 0',
    );
    expect(programs).toEqual(['/usr/bin/ls', 'a"b\u00c3\u00a4']);
  });

  it('puts together what was interrupted', () => {
    const { programs, direct } = read(
      '7 execve("/usr/bin/ls", [""...], 0x1 /* 2 vars */ <unfinished ...>',
      '8 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16 <unfinished ...>',
      '7 <... execve resumed>) = 0',
      '8 <... connect resumed>) = -1 ENETUNREACH (Network is unreachable)',
    );
    expect({ programs, direct }).toEqual({ programs: ['/usr/bin/ls'], direct: ['10.0.0.1 80'] });
  });

  it('tells connections beyond the loopback', () => {
    const { direct } = read(
      '7 connect(3, {sa_family=AF_INET, sin_port=htons(3128), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      '7 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 16) = 0',
      '7 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2606:4700::1111", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH (Network is unreachable)',
    );
    expect(direct).toEqual(['2606:4700::1111 443']);
  });

  it('bears any line', () => {
    fc.assert(fc.property(fc.string(), (line) => read(line, `9 ${line}`, `9 execve(${line}`).direct.length >= 0));
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
