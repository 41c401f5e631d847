import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { addressOf, type Name, shown } from './lister.ts';
import type { Tally } from './source.ts';

const LARGEST = 1024 * 1024;
const ENCODING = /working-tree-encoding=["']?([^\s"']*)/gi;

/** Those in which ASCII is ASCII, and UTF-16, which is recognised. Of what else git can write, nothing could be found. */
const READ =
  /^(?:utf-?8|utf-?16(?:[lb]e)?(?:-bom)?|us-ascii|iso-?8859-\d+|latin-?\d+|windows-\d+|cp(?:125\d|437|850|866|874|932|936|949|950)|shift[-_]?jis|sjis|euc-\w+|gbk?|gb2312|gb18030|big5(?:-hkscs)?|koi8-\w)$/i;

const NAMED = /(?:^|\/)\.gitattributes$/;

export const isAttributesFile = (name: Name): boolean =>
  typeof name === 'string' ? NAMED.test(name) : NAMED.test(name.toString('latin1'));

/**
 * A `.gitattributes` can have git write files out in an encoding that nobody reads here (UTF-32, UTF-7, EBCDIC), although what
 * is committed is plain text: a scan of the work tree would see nothing of it. That is a Problem, with the line that says so.
 */
export function tellUnreadEncodings(root: string, prefix: string, names: readonly Name[], { problems }: Tally): void {
  for (const name of names) {
    const text = contentOf(addressOf(root, name));
    if (text === undefined) continue;
    const found = [...text.replace(/^#.*$/gm, blank).matchAll(ENCODING)].find(
      ([, encoding = '']) => !READ.test(encoding),
    );
    if (found === undefined && text.length < LARGEST) continue;
    problems.push({
      code: 'encoding-unread',
      message: 'It has git write files in an encoding that is not read, so nothing was found in them.',
      hint: 'Take that `working-tree-encoding` out, or look at what is committed: --history, --staged.',
      path: prefix + shown(name),
      line: text.slice(0, found?.index).split('\n').length,
    });
  }
}

/** A remark, of the same length, so that places stay. */
const blank = (remark: string): string => ' '.repeat(remark.length);

/** As much as is looked at; `undefined` where there is no such file. git does not read one that is a link. */
function contentOf(file: Name): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(handle).isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(fstatSync(handle).size, LARGEST));
    return bytes.toString('latin1', 0, readSync(handle, bytes, 0, bytes.length, 0));
  } catch {
    // That it cannot be read is said where it is read as an artifact.
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
