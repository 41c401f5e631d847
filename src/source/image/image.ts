import { createHash } from 'node:crypto';
import { createReadStream, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { tarMembers } from '../archive/tar.ts';
import { ChunkReader } from '../chunk-reader.ts';
import { invalid } from './invalid.ts';
import { applyLayer, LayerBounds } from './layer.ts';

/** What an image says of how it is run. */
export interface ImageConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workdir: string;
  readonly user: string;
}

/** An image whose parts are known and not yet unpacked. */
export interface OpenImage {
  /** `sha256:…` of its manifest; of its configuration in what `docker save` writes, which has no other. */
  readonly digest: string;
  readonly config: ImageConfig;
  /** Unpacks all layers into an empty folder. */
  unpack(root: string): Promise<void>;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_JSON = 4 * 2 ** 20;

const descriptor = z.object({
  digest: z.string().regex(DIGEST),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
});
const words = z.array(z.string()).nullish();
const configFile = z.object({
  os: z.string().optional(),
  architecture: z.string().optional(),
  config: z
    .object({
      Env: words,
      Entrypoint: words,
      Cmd: words,
      WorkingDir: z.string().nullish(),
      User: z.string().nullish(),
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(DIGEST)).max(1_000) }),
});
const indexFile = z.object({ manifests: z.array(descriptor).max(1_000) });
const manifestFile = z.object({ config: descriptor, layers: z.array(descriptor).max(1_000) });
const savedFile = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()).max(1_000) })).min(1);

/** Finds a file of a layout or archive. */
type Find = (name: string) => string | undefined;

/**
 * Opens an OCI image layout, or a tar of one (`oci-archive`), or what `docker save` writes (`docker-archive`). A tar is first taken
 * apart into `scratch`, an empty folder.
 *
 * @throws SluiceError `image-invalid`: no image, a digest that is wrong, no image for this machine
 */
export async function openImage(place: string, scratch: string): Promise<OpenImage> {
  try {
    const find = lstatSync(place).isDirectory()
      ? (name: string) => regular(join(place, name))
      : await takeApart(place, scratch);
    return find('index.json') === undefined ? await saved(find) : await layout(find);
  } catch (error) {
    throw understood(error);
  }
}

/** Whether a folder is an OCI image layout rather than an unpacked root. */
export const isLayout = (folder: string): boolean =>
  existsSync(join(folder, 'oci-layout')) && existsSync(join(folder, 'index.json'));

async function layout(find: Find): Promise<OpenImage> {
  let { manifests } = json(find('index.json'), indexFile);
  for (let depth = 0; depth < 4; depth += 1) {
    const chosen = choose(manifests);
    const file = blob(find, chosen.digest);
    const content = readJson(file);
    check(content, chosen.digest);
    const inner = indexFile.safeParse(JSON.parse(content.toString('utf8')));
    if (inner.success) {
      manifests = inner.data.manifests;
      continue;
    }
    const manifest = manifestFile.parse(JSON.parse(content.toString('utf8')));
    const config = readJson(blob(find, manifest.config.digest));
    check(config, manifest.config.digest);
    const layers = manifest.layers.map(({ digest }) => ({ file: blob(find, digest), digest }));
    return opened(chosen.digest, config, layers);
  }
  throw invalid('its indexes lie too deep in each other');
}

async function saved(find: Find): Promise<OpenImage> {
  const images = json(find('manifest.json'), savedFile);
  const [image] = images;
  if (image === undefined || images.length > 1) throw invalid('it holds more than one image');
  const config = readJson(find(image.Config));
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(image.Config)?.[1];
  if (named !== undefined && digest !== `sha256:${named}`)
    throw invalid('its configuration is not what its digest says');
  const layers = image.Layers.map((name) => ({ file: find(name) ?? missing(name), digest: undefined }));
  return opened(digest, config, layers);
}

const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

/** The one for this machine; the only one there is, where it does not say for which. */
function choose(manifests: readonly z.infer<typeof descriptor>[]): z.infer<typeof descriptor> {
  const fitting = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === ARCHITECTURE);
  const [only, ...others] = manifests;
  if (fitting !== undefined) return fitting;
  if (only !== undefined && others.length === 0 && only.platform === undefined) return only;
  throw invalid(`it holds no image for linux/${ARCHITECTURE}`);
}

interface Layer {
  readonly file: string;
  readonly digest: string | undefined;
}

function opened(digest: string, content: Buffer, layers: readonly Layer[]): OpenImage {
  const { os, architecture, config, rootfs } = configFile.parse(JSON.parse(content.toString('utf8')));
  if ((os ?? 'linux') !== 'linux' || (architecture ?? ARCHITECTURE) !== ARCHITECTURE)
    throw invalid(`it is not for linux/${ARCHITECTURE}`);
  if (rootfs.diff_ids.length !== layers.length) throw invalid('its configuration tells of other layers');
  const env = (config?.Env ?? []).map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  return {
    digest,
    config: {
      env: Object.fromEntries(env.filter(([name]) => name !== '')),
      entrypoint: config?.Entrypoint ?? [],
      cmd: config?.Cmd ?? [],
      workdir: config?.WorkingDir ?? '',
      user: config?.User ?? '',
    },
    unpack: async (root) => {
      const bounds = new LayerBounds();
      try {
        for (const [index, layer] of layers.entries()) await one(layer, rootfs.diff_ids[index], root, bounds);
      } catch (error) {
        throw understood(error);
      }
    },
  };
}

/** The whole layer is verified before what it led to is used: the caller gives the folder its name only afterwards. */
async function one(
  { file, digest }: Layer,
  diff: string | undefined,
  root: string,
  bounds: LayerBounds,
): Promise<void> {
  const start = Buffer.alloc(4);
  const handle = await open(file);
  await handle.read(start, 0, 4, 0);
  await handle.close();
  if (digest !== undefined) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    if (`sha256:${hash.digest('hex')}` !== digest) throw invalid('a layer is not what its digest says');
  }
  const source = createReadStream(file);
  const unpacker = decompressor(start);
  // Errors of the source reach the reader through the last stream of the pipeline.
  const bytes = unpacker === undefined ? source : pipeline(source, unpacker, () => undefined);
  if ((await applyLayer(bytes, root, bounds)) !== diff) throw invalid('a layer is not what the configuration says');
}

function decompressor(start: Buffer) {
  if (start[0] === 0x1f && start[1] === 0x8b) return createGunzip();
  return start.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : undefined;
}

/** Names of an archive are keys only: no file is written by them. */
async function takeApart(archive: string, scratch: string): Promise<Find> {
  const files = new Map<string, string>();
  mkdirSync(scratch, { recursive: true });
  const bounds = new LayerBounds();
  for await (const { name, size, body } of tarMembers(new ChunkReader(createReadStream(archive)))) {
    bounds.take(size, 100);
    const file = join(scratch, String(files.size));
    writeFileSync(file, '', { flag: 'wx' });
    for await (const chunk of body) writeFileSync(file, chunk, { flag: 'a' });
    files.set(name.toString('utf8').replace(/^\.\//, ''), file);
  }
  return (name) => files.get(name);
}

const regular = (file: string): string | undefined =>
  lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;

const blob = (find: Find, digest: string): string => {
  const name = `blobs/sha256/${digest.slice('sha256:'.length)}`;
  return find(name) ?? missing(name);
};

function missing(name: string): never {
  throw invalid(`${JSON.stringify(name.slice(0, 120))} is missing in it`);
}

function readJson(file: string | undefined): Buffer {
  if (file === undefined) throw invalid('it is no OCI layout, and nothing that `docker save` wrote');
  if (lstatSync(file).size > MAX_JSON) throw invalid('its description is too large');
  return readFileSync(file);
}

const json = <T>(file: string | undefined, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readJson(file).toString('utf8')));

function check(content: Buffer, digest: string): void {
  if (`sha256:${createHash('sha256').update(content).digest('hex')}` !== digest)
    throw invalid('a part of it is not what its digest says');
}

/** Whatever a hostile image leads to is said as one thing; no text of it is repeated. */
function understood(error: unknown): Error {
  if (error instanceof SluiceError) return error;
  const { name = '', code = '' } = error as NodeJS.ErrnoException;
  const isContent = ['NotTar', 'Truncated', 'ZodError', '$ZodError', 'SyntaxError'].includes(name);
  if (isContent || /^(Z_|ERR_|E[A-Z]+$)/.test(code)) return invalid('it is damaged, or not written as an image is');
  return error as Error;
}
