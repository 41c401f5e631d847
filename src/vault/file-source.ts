import { parseDocument } from 'yaml';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import { Secret } from '#core/secret.ts';
import type { SecretScope, SecretSource } from '#core/secret-source.ts';
import { type AgeKeys, decryptAge } from './age/decrypt.ts';
import { decryptSops } from './sops.ts';

/** Secrets in an encrypted file that is kept with the code. */
export interface FileSourceOptions {
  readonly format: 'age' | 'sops';
  /** `{environment}` in it makes a file of each. */
  readonly path: string;
  /** The content of a file, `undefined` where there is none. The caller sees to it that it lies inside the repository. */
  read(path: string): Buffer | undefined;
  /** Asked once, when the first file is there. */
  keys(): Promise<AgeKeys>;
}

const NO_ENVIRONMENT = 'default';
const MAX_VALUES = 10_000;

/** A file is decrypted once and kept for the life of the source, each value as a `Secret`. */
export function fileSource(options: FileSourceOptions): SecretSource {
  const files = new Map<string, Promise<ReadonlyMap<string, Secret>>>();
  const values = ({ environment = NO_ENVIRONMENT }: SecretScope): Promise<ReadonlyMap<string, Secret>> => {
    const path = options.path.replaceAll('{environment}', environment);
    let file = files.get(path);
    if (file === undefined) {
      file = decrypt(options, path);
      files.set(path, file);
    }
    return file;
  };
  return {
    get: async (name, scope = {}) => (await values(scope)).get(name.toUpperCase()),
    names: async (scope = {}) => [...(await values(scope)).keys()].sort(order),
  };
}

async function decrypt({ format, read, keys }: FileSourceOptions, path: string): Promise<Map<string, Secret>> {
  const content = read(path);
  if (content === undefined) return new Map();
  const held = await keys();
  const plain =
    format === 'sops'
      ? decryptSops(content.toString('utf8'), held, path)
      : parseValues(decryptAge(content, held), path);
  return new Map([...plain].map(([name, value]) => [name.toUpperCase(), new Secret(value)]));
}

/**
 * What an encrypted file holds: YAML or JSON with one value by name, or lines of `NAME=value` as in a `.env` file.
 *
 * @throws SluiceError `secret-file-invalid`; the message never shows the content.
 */
export function parseValues(content: Buffer, path: string): Map<string, string> {
  const text = content.toString('utf8').replace(/^\ufeff/, '');
  const values = /^\s*(?:#.*\n\s*)*[{A-Za-z_"'][\w"']*\s*(?::|$|")/.test(text) ? fromYaml(text) : fromLines(text);
  if (values === undefined) {
    const hint = 'Lines of NAME=value, or YAML or JSON with one text by name.';
    throw new SluiceError('secret-file-invalid', `${path} decrypts to something that is no list of secrets`, { hint });
  }
  return values;
}

function fromYaml(text: string): Map<string, string> | undefined {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, merge: false });
  if (document.errors.length > 0) return undefined;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const isFlat = entries.every(([, member]) => ['string', 'number', 'boolean'].includes(typeof member));
  return isFlat && entries.length <= MAX_VALUES
    ? new Map(entries.map(([name, member]) => [name, String(member)]))
    : undefined;
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w{0,254})\s*=(.*)$/;

function fromLines(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined || values.size >= MAX_VALUES) return undefined;
    values.set(name, unquoted(value.trim()));
  }
  return values;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unquoted(value: string): string {
  const [quote] = value;
  if (value.length < 2 || !value.endsWith(quote ?? '')) return value;
  if (quote === "'") return value.slice(1, -1);
  if (quote !== '"') return value;
  return value.slice(1, -1).replaceAll(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}
