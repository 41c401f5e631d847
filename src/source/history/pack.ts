import { PackFile } from './pack-file.ts';
import { DamagedPack, findRow, type PackIndex, parsePackIndex } from './pack-index.ts';
import { readRegular } from './regular-file.ts';

/** Object types as packs number them. */
export const COMMIT = 1;
export const TREE = 2;
export const BLOB = 3;
export const TAG = 4;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

/** The base of an entry that is whole, and of one whose base is not in the same pack. */
const WHOLE = -1;
const ELSEWHERE = -2;

/**
 * One pack with the place of every object in it. Entries are numbered in the order in which they stand in the file, so
 * that reading them in order reads the file in order; `rows` leads from an entry to its object id.
 */
export interface Pack {
  readonly name: string;
  readonly file: PackFile;
  readonly index: PackIndex;
  readonly count: number;
  /** Where each entry starts; one more than `count`: the last is the end of the last entry. */
  readonly starts: Float64Array;
  /** From entry to row of the index, and back. */
  readonly rows: Uint32Array;
  readonly entries: Uint32Array;
  /** From entry to its compressed data, its size as inflated (of a delta: the delta's), and its base's entry. */
  readonly data: Float64Array;
  readonly sizes: Float64Array;
  readonly bases: Int32Array;
  /** COMMIT, TREE, BLOB or TAG of the object; 0 where the base is elsewhere or the chain of bases has no end. */
  readonly types: Uint8Array;
}

/** Opens a pack and reads the header of each entry. `path` is without extension. Throws {@link DamagedPack}. */
export function openPack(path: string, name: string, idLength: number): Pack {
  const file = new PackFile(`${path}.pack`);
  try {
    file.load(0, Math.min(12, file.size));
    if (file.size < 12 + idLength || file.bytes.toString('latin1', 0, 4) !== 'PACK')
      throw new DamagedPack('it is no pack');
    const version = file.bytes.readUInt32BE(4);
    if (version !== 2 && version !== 3) throw new DamagedPack(`it has the unknown version ${version}`);
    const index = parsePackIndex(readRegular(`${path}.idx`), idLength, file.size);
    const order = inFileOrder(index, file.size);
    return { name, file, index, count: index.count, ...order, ...readHeaders(file, index, order) };
  } catch (error) {
    file.close();
    throw error;
  }
}

interface Order {
  readonly starts: Float64Array;
  readonly rows: Uint32Array;
  readonly entries: Uint32Array;
}

/** Rows up to this many leave room for their number below an offset in one exact integer. */
const FEW_ROWS = 2 ** 21;

function inFileOrder(index: PackIndex, fileSize: number): Order {
  const { count, offsets } = index;
  const starts = new Float64Array(count + 1);
  const rows = new Uint32Array(count);
  const entries = new Uint32Array(count);
  if (count < FEW_ROWS && fileSize < 2 ** 31) {
    const keys = new Float64Array(count);
    for (let row = 0; row < count; row++) keys[row] = (offsets[row] as number) * FEW_ROWS + row;
    keys.sort();
    for (let entry = 0; entry < count; entry++) {
      const key = keys[entry] as number;
      const start = Math.floor(key / FEW_ROWS);
      starts[entry] = start;
      rows[entry] = key - start * FEW_ROWS;
    }
  } else {
    for (let row = 0; row < count; row++) rows[row] = row;
    rows.sort((a, b) => (offsets[a] as number) - (offsets[b] as number));
    for (let entry = 0; entry < count; entry++) starts[entry] = offsets[rows[entry] as number] as number;
  }
  starts[count] = fileSize - index.idLength;
  for (let entry = 0; entry < count; entry++) {
    entries[rows[entry] as number] = entry;
    if (starts[entry] === starts[entry + 1]) throw new DamagedPack('its index names one place twice');
  }
  return { starts, rows, entries };
}

/** The entry that starts at an offset, -1 if none does. */
function entryAt(starts: Float64Array, count: number, offset: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const start = starts[middle] as number;
    if (start === offset) return middle;
    if (start < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

type Headers = Pick<Pack, 'data' | 'sizes' | 'bases' | 'types'>;

/** The longest an entry's header can be: type and size, then an offset or an object id. */
const HEADER = 10 + 32;

function readHeaders(file: PackFile, index: PackIndex, { starts, entries }: Order): Headers {
  const { count } = index;
  const data = new Float64Array(count);
  const sizes = new Float64Array(count);
  const bases = new Int32Array(count).fill(WHOLE);
  const types = new Uint8Array(count);
  for (let entry = 0; entry < count; entry++) {
    const start = starts[entry] as number;
    const end = Math.min(starts[entry + 1] as number, start + HEADER);
    file.load(start, end);
    const { bytes, shift } = file;
    let at = start - shift;
    let byte = bytes[at++] as number;
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; byte >= 128 && at < end - shift; scale *= 128) {
      byte = bytes[at++] as number;
      size += (byte & 127) * scale;
    }
    if (type === OFFSET_DELTA) {
      byte = bytes[at++] as number;
      let distance = byte & 127;
      while (byte >= 128 && at < end - shift) {
        byte = bytes[at++] as number;
        distance = (distance + 1) * 128 + (byte & 127);
      }
      const base = entryAt(starts, count, start - distance);
      if (base === -1 || base === entry) throw new DamagedPack('an object in it has no base');
      bases[entry] = base;
    } else if (type === REFERENCE_DELTA) {
      const row = at + index.idLength <= end - shift ? findRow(index, bytes, at) : -1;
      bases[entry] = row === -1 ? ELSEWHERE : (entries[row] as number);
      at += index.idLength;
    } else if (type >= COMMIT && type <= TAG) types[entry] = type;
    else throw new DamagedPack('it has an object of no known type');
    if (at + shift > (starts[entry + 1] as number)) throw new DamagedPack('an object in it has no content');
    data[entry] = at + shift;
    sizes[entry] = size;
  }
  resolveTypes(types, bases);
  return { data, sizes, bases, types };
}

/** A delta has its base's type. Bases stand before their deltas in all but odd packs, so one pass does nearly all. */
function resolveTypes(types: Uint8Array, bases: Int32Array): void {
  for (let pass = 0, open = true; open && pass < 64; pass++) {
    open = false;
    let changed = false;
    for (let entry = 0; entry < types.length; entry++) {
      const base = bases[entry] as number;
      if (types[entry] !== 0 || base < 0) continue;
      types[entry] = types[base] as number;
      if (types[entry] === 0) open = true;
      else changed = true;
    }
    if (!changed) return;
  }
}
