/** A PEM block (RFC 7468) or OpenPGP armor as it may stand in source code: escaped, quoted, indented, in a comment. */
export interface PemBlock {
  /** What stands between `BEGIN` and the dashes: `RSA PRIVATE KEY`. */
  readonly label: string;
  readonly bytes: Buffer;
  /** The block says that it is encrypted, by its label or by its `Proc-Type` header. */
  readonly encrypted: boolean;
  /** The armor checksum of OpenPGP, four base64 characters after `=`. */
  readonly checksum: string | undefined;
}

/** Keys of 16,384 bits stay below this. */
const LONGEST = 40_000;
const BASE64_RUN = /[A-Za-z0-9+/]+={0,2}/g;

/** The first block in the text; `undefined` where there is none, or it is longer than any key. */
export function readPem(text: string): PemBlock | undefined {
  const begin = /-----BEGIN ([A-Z0-9 ]{3,40}?)-----/i.exec(text);
  if (begin === null) return undefined;
  const from = begin.index + begin[0].length;
  const end = text.indexOf('-----', from);
  if (end === -1 || end - from > LONGEST) return undefined;
  const label = (begin[1] as string).toUpperCase();
  const lines = text
    .slice(from, end)
    .replace(/\\+[nrt]/g, '\n')
    .split(/[\r\n]+/);
  const encrypted = label.startsWith('ENCRYPTED') || lines.some((line) => line.includes('4,ENCRYPTED'));
  const body = lines.filter((line) => !line.includes(':')).map(longestRun);
  const checksum = lines.map((line) => /^[\s"'#*]*=([A-Za-z0-9+/]{4})(?![A-Za-z0-9+/=])/.exec(line)?.[1]).find(Boolean);
  const data = checksum === undefined ? body : body.filter((line) => line !== checksum);
  return { label, bytes: Buffer.from(data.join(''), 'base64'), encrypted, checksum };
}

/** The base64 of a line, without quotes, commas, comment signs and the plus of a concatenation around it. */
function longestRun(line: string): string {
  let longest = '';
  for (const run of line.match(BASE64_RUN) ?? []) if (run.length > longest.length) longest = run;
  return longest === '+' || longest === '/' || longest === '//' ? '' : longest;
}

/** The block written as other programs expect it. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----`;
}
