import { compareIds } from './object-id.ts';

/** A pack index that is not what the format says. The message names no scanned content. */
export class DamagedPack extends Error {
  override readonly name = 'DamagedPack';
}

/**
 * The index of one pack (`pack-*.idx`), versions 1 and 2: object ids in ascending order and where each object starts in
 * the pack. Format: gitformat-pack(5).
 */
export interface PackIndex {
  readonly count: number;
  /** The object ids, one after the other, ascending. */
  readonly ids: Buffer;
  readonly idLength: number;
  /** Where each object starts in the pack, in the order of `ids`. */
  readonly offsets: Float64Array;
}

const FANOUT = 256 * 4;
const MAGIC = 0xff744f63;

/** Reads an index. `packSize` bounds the offsets. Throws {@link DamagedPack}. */
export function parsePackIndex(file: Buffer, idLength: number, packSize: number): PackIndex {
  if (file.length < 8 + FANOUT) throw new DamagedPack('its index is too short');
  const version = file.readUInt32BE(0) === MAGIC ? file.readUInt32BE(4) : 1;
  const fanout = version === 1 ? 0 : 8;
  if (version > 2) throw new DamagedPack(`its index has the unknown version ${version}`);
  const count = file.readUInt32BE(fanout + FANOUT - 4);
  checkFanout(file, fanout);
  const table = fanout + FANOUT;
  const index =
    version === 1 ? parseVersion1(file, table, count, idLength) : parseVersion2(file, table, count, idLength);
  const lastStart = packSize - idLength - 2;
  for (let i = 0; i < count; i++) {
    const offset = index.offsets[i] as number;
    if (offset < 12 || offset > lastStart) throw new DamagedPack('its index points outside the pack');
  }
  return index;
}

function checkFanout(file: Buffer, at: number): void {
  for (let i = 4; i < FANOUT; i += 4) {
    if (file.readUInt32BE(at + i) < file.readUInt32BE(at + i - 4)) throw new DamagedPack('its index is not in order');
  }
}

function parseVersion1(file: Buffer, table: number, count: number, idLength: number): PackIndex {
  const width = 4 + idLength;
  if (table + count * width + 2 * idLength > file.length) throw new DamagedPack('its index is too short');
  const ids = Buffer.allocUnsafe(count * idLength);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    offsets[i] = file.readUInt32BE(table + i * width);
    file.copy(ids, i * idLength, table + i * width + 4, table + (i + 1) * width);
  }
  return { count, ids, idLength, offsets };
}

function parseVersion2(file: Buffer, table: number, count: number, idLength: number): PackIndex {
  const small = table + count * (idLength + 4);
  const large = small + count * 4;
  if (large + 2 * idLength > file.length) throw new DamagedPack('its index is too short');
  const largeCount = Math.floor((file.length - large - 2 * idLength) / 8);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const offset = file.readUInt32BE(small + i * 4);
    if (offset < 0x80000000) offsets[i] = offset;
    else {
      const row = offset - 0x80000000;
      if (row >= largeCount) throw new DamagedPack('its index points outside itself');
      offsets[i] = Number(file.readBigUInt64BE(large + row * 8));
    }
  }
  return { count, ids: file.subarray(table, table + count * idLength), idLength, offsets };
}

/** The row of an object id, -1 if the pack does not hold it. */
export function findRow(index: PackIndex, id: Buffer, at: number): number {
  let low = 0;
  let high = index.count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareIds(index.ids, middle * index.idLength, id, at, index.idLength);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
