import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesIn } from './changes.ts';
import { fieldsOf } from './names.ts';

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });

describe('fieldsOf', () => {
  it('gives back every name, however its bytes arrive', async () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 12 })
      .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));
    await fc.assert(
      fc.asyncProperty(fc.array(name), sizes, async (names, pieces) => {
        const output = Buffer.concat(names.flatMap((each) => [each, Buffer.from([0])]));
        const found: Buffer[] = [];
        for await (const fields of fieldsOf(chunked(output, pieces)))
          found.push(...fields.map((each) => Buffer.from(each as string)));
        expect(found).toEqual(names);
      }),
    );
  });

  it('does not gather a name without end', async () => {
    const endless = chunked(Buffer.alloc(200_000, 'a'), [10_000]);
    await expect(fieldsOf(endless).next()).rejects.toThrow('without end');
  });
});

describe('changesIn', () => {
  it('ends on anything, and takes only whole records', async () => {
    const id = 'a'.repeat(40);
    const piece = fc.constantFrom(
      `:100644 100755 ${id} ${id} M\0`,
      'path\0',
      ':',
      '\0',
      'M\0',
      `:000000 120000 ${id} ${id} A\0`,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string())), sizes, async (pieces, lengths) => {
        for await (const change of changesIn(chunked(Buffer.from(pieces.join('')), lengths))) {
          expect(change.mode).toMatch(/^[0-7]{6}$/);
          expect(change.newId).toMatch(/^[0-9a-f]{40}$/);
        }
      }),
    );
  });
});
