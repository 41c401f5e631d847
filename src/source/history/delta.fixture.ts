import fc from 'fast-check';

/** An instruction of a delta. */
export type Op = { readonly copy: readonly [number, number] } | { readonly insert: Uint8Array };

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

function copyOp(start: number, length: number): number[] {
  const bytes = [
    start & 255,
    (start >> 8) & 255,
    (start >> 16) & 255,
    start >>> 24,
    length & 255,
    (length >> 8) & 255,
    length >> 16,
  ];
  let op = 128;
  const present = bytes.filter((byte, i) => {
    if (byte !== 0) op |= 1 << i;
    return byte !== 0;
  });
  return [op, ...present];
}

/** A delta made the plain way, and what it has to give. */
export function build(base: Buffer, ops: readonly Op[]): { delta: Buffer; result: Buffer } {
  const parts: Buffer[] = [];
  const bytes: number[] = [];
  for (const op of ops) {
    if ('insert' in op) {
      parts.push(Buffer.from(op.insert));
      bytes.push(op.insert.length, ...op.insert);
    } else {
      const [start, length] = op.copy;
      parts.push(base.subarray(start, start + length));
      bytes.push(...copyOp(start, length));
    }
  }
  const result = Buffer.concat(parts);
  return { delta: Buffer.from([...varint(base.length), ...varint(result.length), ...bytes]), result };
}

const bases = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes));
const opsFor = (base: Buffer): fc.Arbitrary<Op[]> =>
  fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 127 }).map((insert): Op => ({ insert })),
      fc.tuple(fc.nat(base.length - 1), fc.nat(399)).map(([start, length]): Op => {
        return { copy: [start, Math.max(1, Math.min(length, base.length - start))] };
      }),
    ),
    { maxLength: 20 },
  );
/** Bases with a delta each, and what the delta makes of the base. */
export const cases = bases.chain((base) => opsFor(base).map((ops) => ({ base, ...build(base, ops) })));
