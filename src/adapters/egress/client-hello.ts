/**
 * The first message of a TLS client (RFC 8446, 4.1.2), read for the name of the server that it asks for (RFC 6066, 3).
 * `more`: not all of it has arrived. `none`: it is no such message, or names no server, or hides the name (encrypted client
 * hello), so that what is asked for cannot be known.
 */
export type Hello = { readonly kind: 'named'; readonly name: string } | { readonly kind: 'more' | 'unnamed' | 'other' };

const RECORD_HEADER = 5;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
/** Larger than what any client sends, post-quantum keys included. */
export const LONGEST_HELLO = 32 * 1024;

export function readHello(bytes: Buffer): Hello {
  if (bytes.length > 0 && bytes[0] !== HANDSHAKE) return { kind: 'other' };
  const message = handshake(bytes);
  if (message === 'other') return { kind: 'other' };
  if (message.length < 4) return { kind: 'more' };
  if (message[0] !== CLIENT_HELLO) return { kind: 'other' };
  const end = 4 + message.readUIntBE(1, 3);
  if (end > LONGEST_HELLO) return { kind: 'other' };
  if (message.length < end) return { kind: 'more' };
  try {
    return nameIn(message.subarray(0, end));
  } catch {
    return { kind: 'other' };
  }
}

/** The handshake message, put together from the records that it is spread over. */
function handshake(bytes: Buffer): Buffer | 'other' {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + RECORD_HEADER <= bytes.length) {
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3) return parts.length > 0 ? Buffer.concat(parts) : 'other';
    const length = bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length));
    at += RECORD_HEADER + length;
  }
  return Buffer.concat(parts);
}

/** Reading past the end throws, and the caller takes that for a message that is none. */
function nameIn(hello: Buffer): Hello {
  let at = 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  const end = at + 2 + hello.readUInt16BE(at);
  at += 2;
  let name: string | undefined;
  while (at < end) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    if (type === ENCRYPTED_CLIENT_HELLO) return { kind: 'unnamed' };
    if (type === SERVER_NAME) {
      // A second one would be read by the server in a way that we cannot know.
      if (name !== undefined) return { kind: 'other' };
      name = serverName(hello.subarray(at + 4, at + 4 + length));
    }
    at += 4 + length;
  }
  return name === undefined ? { kind: 'unnamed' } : { kind: 'named', name: name.toLowerCase() };
}

/** A list with one entry: type 0, length, name. */
function serverName(list: Buffer): string {
  const length = list.readUInt16BE(3);
  if (list.readUInt8(2) !== 0 || list.readUInt16BE(0) !== length + 3 || list.length !== length + 5)
    throw new RangeError('a list of server names has one name');
  return list.toString('latin1', 5, 5 + length);
}
