import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { type AgeKeys, decryptAge } from './age/decrypt.ts';

const MAX_BYTES = 4 * 2 ** 20;
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;

const metadataSchema = z.looseObject({
  age: z
    .array(z.looseObject({ enc: z.string().max(20_000) }))
    .max(100)
    .nullish(),
  lastmodified: z.coerce.string().max(100),
  mac: z.string().max(2_000),
  mac_only_encrypted: z.boolean().nullish(),
  key_groups: z.array(z.unknown()).max(100).nullish(),
});
type Metadata = z.output<typeof metadataSchema>;

/**
 * Decrypts a YAML or JSON file of SOPS with keys of age, and checks the code over all its values. Keys of nested values are
 * joined by `_`. Other key services, comments and binary files are not read.
 *
 * @throws SluiceError `sops-invalid`, `sops-tampered`, and those of {@link decryptAge}
 */
export function decryptSops(text: string, keys: AgeKeys, path: string): Map<string, string> {
  if (text.length > MAX_BYTES) throw invalid(path, 'is larger than 4 MiB');
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, merge: false });
  const root = document.contents;
  if (document.errors.length > 0 || !isMap(root)) throw invalid(path, 'is no YAML or JSON');
  const meta = root.get('sops', true) as Node | undefined;
  const checked = metadataSchema.safeParse(meta === undefined ? undefined : meta.toJS(document, { maxAliasCount: 0 }));
  if (!checked.success) throw invalid(path, 'was not encrypted by sops');
  const metadata = checked.data;
  const dataKey = dataKeyOf(metadata, keys, path);
  const values = new Map<string, string>();
  const hash = createHash('sha512');
  for (const leaf of leavesOf(root, path)) {
    const value = leaf.sealed === undefined ? leaf.plain : open(dataKey, leaf.sealed, `${leaf.keys.join(':')}:`, path);
    if (leaf.sealed !== undefined || metadata.mac_only_encrypted !== true) hash.update(value);
    if (leaf.isNamed) values.set(leaf.keys.join('_'), value.toString('utf8'));
    if (values.size > MAX_VALUES) throw invalid(path, `holds more than ${MAX_VALUES} values`);
  }
  verify(metadata, hash.digest('hex').toUpperCase(), dataKey, path);
  return values;
}

function dataKeyOf({ age, key_groups }: Metadata, keys: AgeKeys, path: string): Buffer {
  if (key_groups !== null && key_groups !== undefined)
    throw invalid(path, 'shares its key between groups, which is not supported');
  let failure: unknown = invalid(path, 'has no recipient of age');
  for (const { enc } of age ?? []) {
    try {
      const key = decryptAge(Buffer.from(enc), keys);
      if (key.length === 32) return key;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function verify({ mac, lastmodified }: Metadata, computed: string, key: Buffer, path: string): void {
  const stated = open(key, parseSealed(mac) ?? tampered(path), lastmodified, path);
  const ours = Buffer.from(computed);
  if (stated.length !== ours.length || !timingSafeEqual(stated, ours)) tampered(path);
}

interface Leaf {
  readonly keys: readonly string[];
  /** False for an element of a list, which has no name of its own. */
  readonly isNamed: boolean;
  readonly sealed: Sealed | undefined;
  readonly plain: Buffer;
}

/** In the order of the file, which is the order of its code. */
function* leavesOf(root: Node, path: string): Generator<Leaf> {
  const open: { node: unknown; keys: string[]; isNamed: boolean }[] = [{ node: root, keys: [], isNamed: true }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, keys, isNamed } = next;
    if (keys.length > MAX_DEPTH || open.length > MAX_VALUES) throw invalid(path, 'is nested too deeply');
    if (isAlias(node)) throw invalid(path, 'has aliases, which sops does not write');
    if (isMap(node)) {
      const pairs = node.items.filter(({ key }) => keys.length > 0 || keyOf(key) !== 'sops');
      for (const { key, value } of pairs.toReversed()) open.push({ node: value, keys: [...keys, keyOf(key)], isNamed });
    } else if (isSeq(node)) {
      for (const item of node.items.toReversed()) open.push({ node: item, keys, isNamed: false });
    } else if (isScalar(node)) {
      const sealed = typeof node.value === 'string' ? parseSealed(node.value) : undefined;
      yield { keys, isNamed, sealed, plain: Buffer.from(plainOf(node.value, node.source)) };
    }
  }
}

const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

/** As sops counts a value that it leaves as it is. */
function plainOf(value: unknown, source: string | undefined): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return source ?? String(value);
  return value === null ? '' : String(value);
}

interface Sealed {
  readonly data: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
}

const SEALED =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:(str|int|float|bool|bytes|time)\]$/;

function parseSealed(text: string): Sealed | undefined {
  const [, data, iv, tag] = SEALED.exec(text) ?? [];
  if (data === undefined || iv === undefined || tag === undefined) return undefined;
  return { data: Buffer.from(data, 'base64'), iv: Buffer.from(iv, 'base64'), tag: Buffer.from(tag, 'base64') };
}

function open(key: Buffer, { data, iv, tag }: Sealed, context: string, path: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(context, 'utf8'));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return tampered(path);
  }
}

const invalid = (path: string, what: string): SluiceError => new SluiceError('sops-invalid', `${path} ${what}`);

function tampered(path: string): never {
  throw new SluiceError('sops-tampered', `${path} was changed after sops encrypted it`);
}
