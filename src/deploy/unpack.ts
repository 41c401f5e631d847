import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SluiceError } from '#core/error.ts';
import { ReleaseWriter, unsafe } from './writer.ts';

const BLOCK = 512;
const MAX_METADATA = 1024 * 1024;

/** What the file is, by its first bytes. Anything but a tar is released as the one file that it is. */
export function archiveKind(start: Buffer): 'tar' | 'tar.gz' | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'tar.gz';
  return start.toString('latin1', 257, 262) === 'ustar' ? 'tar' : undefined;
}

/**
 * Unpacks a tar (ustar, pax, GNU long names), perhaps in gzip, into a folder that is there and empty.
 *
 * @throws SluiceError `artifact-unsafe` for a member that is refused, `artifact-invalid` for what is no whole tar
 */
export async function unpackTar(file: string, kind: 'tar' | 'tar.gz', folder: string): Promise<void> {
  const source = createReadStream(file);
  // Errors of the source reach the reader through the last stream of the pipeline.
  const bytes = kind === 'tar' ? source : pipeline(source, createGunzip(), () => undefined);
  const writer = new ReleaseWriter(folder);
  try {
    await unpack(new Reader(bytes), writer);
  } catch (error) {
    if (error instanceof SluiceError || !isOfZlib(error)) throw error;
    throw invalid('it is no whole gzip');
  } finally {
    source.destroy();
  }
  writer.finish();
}

const isOfZlib = (error: unknown): boolean => /^(Z_|ERR_ZLIB)/.test((error as NodeJS.ErrnoException).code ?? '');

interface Names {
  path?: string;
  link?: string;
  size?: number;
}

async function unpack(reader: Reader, writer: ReleaseWriter): Promise<void> {
  let names: Names = {};
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const type = String.fromCharCode(header[156] as number);
    const size = names.size ?? numberAt(header, 124, 12);
    if ('xLKg'.includes(type)) {
      const text = await metadata(reader, numberAt(header, 124, 12));
      if (type === 'x') names = { ...names, ...paxRecords(text) };
      else if (type !== 'g') names = { ...names, [type === 'L' ? 'path' : 'link']: cString(text) };
      continue;
    }
    const name = names.path ?? nameOf(header);
    await member(reader, writer, { type, name, link: names.link ?? cString(header.subarray(157, 257)), size, header });
    names = {};
  }
}

interface Member {
  readonly type: string;
  readonly name: string;
  readonly link: string;
  readonly size: number;
  readonly header: Buffer;
}

async function member(
  reader: Reader,
  writer: ReleaseWriter,
  { type, name, link, size, header }: Member,
): Promise<void> {
  if (type === '5') {
    if (name.replace(/^(\.\/)+/, '') !== '' && name !== '.') writer.addFolder(name);
  } else if (type === '2') writer.addLink(name, link);
  else if (type === '0' || type === '\0') {
    await writer.addFile(name, (numberAt(header, 100, 8) & 0o100) !== 0, reader.body(size));
    await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
  } else throw unsafe(name, 'it is a hard link, a device or a pipe');
}

async function metadata(reader: Reader, size: number): Promise<Buffer> {
  if (size > MAX_METADATA) throw invalid('a name in it is too long');
  const text = Buffer.from(await reader.take(size));
  await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
  return text;
}

function paxRecords(text: Buffer): Names {
  const names: Names = {};
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(0x20, at);
    const length = Number(text.toString('latin1', at, space));
    if (space === -1 || !Number.isInteger(length) || length <= space - at || at + length > text.length) break;
    const [key = '', ...value] = text.toString('utf8', space + 1, at + length - 1).split('=');
    if (key === 'path') names.path = value.join('=');
    if (key === 'linkpath') names.link = value.join('=');
    if (key === 'size') names.size = decimal(value.join('='));
    at += length;
  }
  return names;
}

function decimal(text: string): number {
  const size = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(size)) throw invalid('a size in it is no number');
  return size;
}

const cString = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
};

function nameOf(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? cString(header.subarray(345, 500)) : '';
  const name = cString(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

function numberAt(header: Buffer, at: number, length: number): number {
  const field = header.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.readUIntBE(length - 6, 6);
    if (field.subarray(1, length - 6).some((byte) => byte !== 0)) throw invalid('a size in it is too large');
    return value;
  }
  const text = cString(field).trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw invalid('a number in it is none');
  return Number.parseInt(text, 8);
}

function checkSum(header: Buffer): void {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  if (sum !== numberAt(header, 148, 8)) throw invalid('it is no tar');
}

/** Takes bytes from a stream in the sizes that are wanted. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    while (this.#held.length < size) this.#held = Buffer.concat([this.#held, await this.#next()]);
    const taken = this.#held.subarray(0, size);
    this.#held = this.#held.subarray(size);
    return taken;
  }

  async *body(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#held.length === 0) this.#held = await this.#next();
      const piece = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#source.next();
    if (done === true) throw invalid('it ends too early');
    return value;
  }
}

const invalid = (why: string): SluiceError =>
  new SluiceError('artifact-invalid', `the artifact cannot be unpacked: ${why}`);
