import { DamagedPack } from './pack-index.ts';

/**
 * How a target was made from its base, as the delta says: `count` runs of three numbers: where the run starts in the
 * target, where in the base it was copied from (-1: it is new), how long it is. Copies that continue each other are one run.
 */
export interface Runs {
  items: Int32Array;
  count: number;
}

export const noRuns = (): Runs => ({ items: new Int32Array(3 * 256), count: 0 });

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
 * bytes) and tells in `runs` how. Format: gitformat-pack(5), "Deltified representation". Throws {@link DamagedPack}.
 */
export function applyDelta(
  delta: Buffer,
  deltaSize: number,
  base: Buffer,
  baseSize: number,
  target: Buffer,
  runs: Runs,
): number {
  const from = readSize(delta, 0, deltaSize);
  const to = readSize(delta, from.next, deltaSize);
  if (from.value !== baseSize || to.value < 0 || to.value > target.length) throw damaged();
  const size = to.value;
  let at = to.next;
  let written = 0;
  runs.count = 0;
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
      addCopy(runs, written, start, length);
      written += length;
    } else {
      if (op === 0 || at + op > deltaSize || written + op > size) throw damaged();
      copy(delta, at, target, written, op);
      addInsert(runs, written, op);
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

function addCopy(runs: Runs, target: number, base: number, length: number): void {
  const last = runs.count - 3;
  if (last >= 0) {
    const lastBase = runs.items[last + 1] as number;
    const lastLength = runs.items[last + 2] as number;
    if (lastBase >= 0 && lastBase + lastLength === base) {
      runs.items[last + 2] = lastLength + length;
      return;
    }
  }
  push(runs, target, base, length);
}

function addInsert(runs: Runs, target: number, length: number): void {
  const last = runs.count - 3;
  if (last >= 0 && runs.items[last + 1] === -1) {
    runs.items[last + 2] = (runs.items[last + 2] as number) + length;
    return;
  }
  push(runs, target, -1, length);
}

function push(runs: Runs, target: number, base: number, length: number): void {
  if (runs.count + 3 > runs.items.length) {
    const larger = new Int32Array(runs.items.length * 2);
    larger.set(runs.items);
    runs.items = larger;
  }
  const at = runs.count;
  runs.items[at] = target;
  runs.items[at + 1] = base;
  runs.items[at + 2] = length;
  runs.count = at + 3;
}
