import { DamagedPack } from './pack-index.ts';

/** The smallest copy that is worth a call into native code. */
const NATIVE_COPY = 24;

/** The result's size of a delta, without applying it; -1 if the delta is damaged. */
export function deltaResultSize(delta: Buffer, size: number): number {
  let at = 0;
  while (at < size && (delta[at] as number) >= 128) at++;
  return readSize(delta, at + 1, size).value;
}

function readSize(delta: Buffer, from: number, end: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let at = from; at < end && at < from + 7; at++) {
    const byte = delta[at] as number;
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) return { value, next: at + 1 };
  }
  return { value: -1, next: end };
}

/**
 * Applies `delta[0, deltaSize)` to `base[0, baseSize)`, writes the result into `target` (which must hold {@link deltaResultSize}
 * bytes). Gives its size. Format: gitformat-pack(5), "Deltified representation". Throws {@link DamagedPack}.
 */
export function applyDelta(delta: Buffer, deltaSize: number, base: Buffer, baseSize: number, target: Buffer): number {
  const from = readSize(delta, 0, deltaSize);
  const to = readSize(delta, from.next, deltaSize);
  if (from.value !== baseSize || to.value < 0 || to.value > target.length) throw damaged();
  const size = to.value;
  let at = to.next;
  let written = 0;
  while (at < deltaSize) {
    const op = delta[at++] as number;
    if (op >= 128) {
      let start = 0;
      let length = 0;
      if (op & 1) start = delta[at++] as number;
      if (op & 2) start |= (delta[at++] as number) << 8;
      if (op & 4) start |= (delta[at++] as number) << 16;
      if (op & 8) start += (delta[at++] as number) * 0x1000000;
      if (op & 16) length = delta[at++] as number;
      if (op & 32) length |= (delta[at++] as number) << 8;
      if (op & 64) length |= (delta[at++] as number) << 16;
      if (length === 0) length = 0x10000;
      if (at > deltaSize || start + length > baseSize || written + length > size) throw damaged();
      copy(base, start, target, written, length);
      written += length;
    } else {
      if (op === 0 || at + op > deltaSize || written + op > size) throw damaged();
      copy(delta, at, target, written, op);
      at += op;
      written += op;
    }
  }
  if (written !== size) throw damaged();
  return size;
}

const damaged = (): DamagedPack => new DamagedPack('a delta in it is damaged');

function copy(source: Buffer, from: number, target: Buffer, to: number, length: number): void {
  if (length >= NATIVE_COPY) {
    source.copy(target, to, from, from + length);
    return;
  }
  for (let i = 0; i < length; i++) target[to + i] = source[from + i] as number;
}
