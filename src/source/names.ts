import { isUtf8 } from 'node:buffer';
import type { Name } from './lister.ts';

/** Longer than any system takes: git's output is broken, or it is not git's output. */
const MAX_NAME = 64 * 1024;

/** Splits what git prints with `-z` into its fields; bytes only for what is not UTF-8. The last NUL may be missing. */
export async function* fieldsOf(output: AsyncIterable<Buffer>): AsyncGenerator<Name[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(0) + 1;
    rest = bytes.subarray(end);
    if (rest.length > MAX_NAME) throw new RangeError('git printed a name without end');
    if (end > 0) yield split(bytes.subarray(0, end - 1));
  }
  if (rest.length > 0) yield split(rest);
}

/** The fields between NULs. */
function split(bytes: Buffer): Name[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\0');
  const fields: Name[] = [];
  let from = 0;
  while (from <= bytes.length) {
    const nul = bytes.indexOf(0, from);
    const end = nul === -1 ? bytes.length : nul;
    const field = bytes.subarray(from, end);
    fields.push(isUtf8(field) ? field.toString('utf8') : Buffer.from(field));
    from = end + 1;
  }
  return fields;
}
