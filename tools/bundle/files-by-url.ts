import { basename, dirname, resolve } from 'node:path';
import type { Plugin } from 'rolldown';

const BESIDE = /new URL\(\s*'(\.\.?\/[\w./-]+\.(ts|wasm))'\s*,\s*import\.meta\.url\s*\)/g;

/**
 * `new URL('./worker.ts', import.meta.url)` names a file that a thread is started with, or a grammar that is read: the
 * bundler sees a string. This builds each such script as an entry of its own and copies each such binary, so that the
 * address is right in the bundle as it is in the source.
 */
export const filesByUrl = (): Plugin => ({
  name: 'files-by-url',
  transform: {
    filter: { id: /[/\\]src[/\\].*\.ts$/, code: 'import.meta.url' },
    async handler(code, id) {
      const read = (file: string): Promise<Uint8Array> => this.fs.readFile(file);
      let result = code;
      for (const [expression, path = '', extension] of code.matchAll(BESIDE)) {
        const file = resolve(dirname(id), path);
        const reference =
          extension === 'ts'
            ? this.emitFile({ type: 'chunk', id: file, name: basename(file, '.ts') })
            : this.emitFile({ type: 'asset', name: basename(file), source: await read(file) });
        result = result.replace(expression, () => `new URL(import.meta.ROLLUP_FILE_URL_${reference})`);
      }
      return result === code ? null : { code: result, map: null };
    },
  },
});
