import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { Refusal } from '#core/refusal.ts';
import { fileDigest } from './file-bytes.ts';
import { parseJson } from './json.ts';

/**
 * OCI image layouts (https://github.com/opencontainers/image-spec/blob/main/image-layout.md): a folder with blobs by digest.
 */
const MOST_MANIFEST_BYTES = 4 * 1024 * 1024;
const MOST_BLOBS = 10_000;

const descriptor = z.looseObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().min(0),
});
const indexSchema = z.looseObject({ manifests: z.array(descriptor).max(MOST_BLOBS) });
const manifestSchema = z.looseObject({
  config: descriptor.optional(),
  layers: z.array(descriptor).max(MOST_BLOBS).optional(),
  manifests: z.array(descriptor).max(MOST_BLOBS).optional(),
});
type Descriptor = z.infer<typeof descriptor>;

const isFile = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;

export const isImageLayout = (folder: string): boolean =>
  isFile(join(folder, 'oci-layout')) && isFile(join(folder, 'index.json'));

/**
 * The digest of the image in a layout: of its manifest, or of the index of a multi-platform image. Every blob that it refers
 * to is there and is what its digest says, so that the one digest stands for all of it.
 *
 * @throws SluiceError `image-invalid`
 */
export function imageDigest(folder: string): string {
  const { manifests } = read(indexSchema, join(folder, 'index.json'), folder);
  const [only] = manifests;
  if (only === undefined || manifests.length !== 1) {
    const hint = 'Keep one image in a layout, or name the image by its digest: sha256:…';
    throw new SluiceError('image-invalid', `${folder} holds ${manifests.length} images`, { hint });
  }
  const waiting: { blob: Descriptor; parse: boolean }[] = [{ blob: only, parse: true }];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { blob, parse } = next;
    if (seen.has(blob.digest)) continue;
    seen.add(blob.digest);
    if (seen.size > MOST_BLOBS) throw invalid(folder, 'it has too many blobs');
    const file = verifyBlob(folder, blob);
    if (!parse) continue;
    const manifest = read(manifestSchema, file, folder);
    for (const layer of [manifest.config, ...(manifest.layers ?? [])]) {
      if (layer !== undefined) waiting.push({ blob: layer, parse: false });
    }
    for (const inner of manifest.manifests ?? []) waiting.push({ blob: inner, parse: true });
  }
  return only.digest.slice('sha256:'.length);
}

function verifyBlob(folder: string, { digest, size }: Descriptor): string {
  const hex = digest.slice('sha256:'.length);
  const file = join(folder, 'blobs', 'sha256', hex);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) throw invalid(folder, `the blob ${digest} is missing`);
  if (stats.size !== size || fileDigest(file) !== hex) throw invalid(folder, `the blob ${digest} is not what it says`);
  return file;
}

function read<S extends z.ZodType>(schema: S, file: string, folder: string): z.output<S> {
  if ((lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_MANIFEST_BYTES) {
    throw invalid(folder, 'a manifest is too large');
  }
  try {
    return schema.parse(parseJson(readFileSync(file), 'the manifest'));
  } catch (cause) {
    if (cause instanceof Refusal || cause instanceof z.ZodError)
      throw invalid(folder, 'a manifest is malformed', cause);
    throw cause;
  }
}

const invalid = (folder: string, why: string, cause?: unknown): SluiceError =>
  new SluiceError('image-invalid', `${folder} is no whole image layout: ${why}`, { cause });
