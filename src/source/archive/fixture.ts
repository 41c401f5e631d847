import { crc32, deflateRawSync } from 'node:zlib';

/** One file of an archive that a test builds. */
export interface Built {
  readonly name: string | Buffer;
  readonly content: string | Buffer;
}

/** A zip of these files. `flags` are the general purpose bits: 1 is encrypted. For tests only. */
export function zipOf(files: readonly Built[], flags = 0x800): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name as string);
    const content = Buffer.from(file.content as string);
    const packed = deflateRawSync(content);
    const local = Buffer.concat([localHeader(name, content, packed, flags), name, packed]);
    central.push(centralHeader(name, content, packed, flags, offset), name);
    locals.push(local);
    offset += local.length;
  }
  return Buffer.concat([...locals, ...central, endRecord(files.length, Buffer.concat(central).length, offset)]);
}

/** A zip whose directory names one compressed file many times: small, and large when it is taken at its word. */
export function overlappingZip(times: number, content: Buffer): Buffer {
  const name = Buffer.from('0000000');
  const packed = deflateRawSync(content, { level: 9 });
  const local = Buffer.concat([localHeader(name, content, packed, 0), name, packed]);
  const central: Buffer[] = [];
  for (let index = 0; index < times; index += 1) {
    central.push(centralHeader(name, content, packed, 0, 0), Buffer.from(String(index).padStart(7, '0')));
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([local, directory, endRecord(times, directory.length, local.length)]);
}

function localHeader(name: Buffer, content: Buffer, packed: Buffer, flags: number): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(crc32(content), 14);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return header;
}

function centralHeader(name: Buffer, content: Buffer, packed: Buffer, flags: number, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  localHeader(name, content, packed, flags).copy(header, 6, 4, 28);
  header.writeUInt32LE(offset, 42);
  return header;
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count & 0xffff, 8);
  record.writeUInt16LE(count & 0xffff, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

/** A tar of these files, in the ustar format; a name of more than 100 bytes goes before its file as GNU or pax do. */
export function tarOf(files: readonly Built[], longNames: 'gnu' | 'pax' = 'pax'): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, content } of files) {
    const bytes = Buffer.from(name as string);
    if (bytes.length > 100)
      blocks.push(
        ...(longNames === 'pax'
          ? paxName(bytes)
          : tarEntry(Buffer.from('././@LongLink'), Buffer.concat([bytes, Buffer.alloc(1)]), 'L')),
      );
    blocks.push(...tarEntry(bytes.subarray(0, 100), Buffer.from(content as string), '0'));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** One entry of a tar: its header, its content and the padding to a whole block. `size` is what the header claims. */
export function tarEntry(name: Buffer, content: Buffer, type: string, size = content.length): Buffer[] {
  const header = Buffer.alloc(512);
  name.copy(header);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

function paxName(name: Buffer): Buffer[] {
  const rest = ` path=${name.toString('latin1')}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return tarEntry(Buffer.from('PaxHeader'), Buffer.from(`${length}${rest}`, 'latin1'), 'x');
}
