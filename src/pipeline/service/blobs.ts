import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServiceAnswer, ServiceRequest } from '#core/service.ts';

/** The form of uploads to Azure: in one request, or in blocks that a list puts in order. */
const MOST_BLOCKS = 50_000;
const MOST_LIST_BYTES = 8 * 2 ** 20;

interface Upload {
  readonly folder: string;
  readonly blocks: Map<string, string>;
  /** Every request writes a file of its own: one that is still under way cannot change what another one finished. */
  files: number;
  bytes: number;
  whole: string | undefined;
}

export interface UploadedBlob {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

/** More bytes than a job may upload at a time. */
class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * Files that a job uploads and downloads by addresses that nobody can guess: what the toolkit calls signed URLs.
 * An upload is taken once it is complete; everything that was not is gone with {@link close}.
 */
export class Blobs {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #uploads = new Map<string, Upload>();
  readonly #downloads = new Map<string, string>();

  constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** The path of an address to upload to. */
  createUpload(): string {
    const token = randomBytes(32).toString('hex');
    const folder = join(this.#folder, token);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#uploads.set(token, { folder, blocks: new Map(), files: 0, bytes: 0, whole: undefined });
    return token;
  }

  /** The path of an address to download a file from. */
  createDownload(file: string): string {
    const token = randomBytes(32).toString('hex');
    this.#downloads.set(token, file);
    return token;
  }

  /** What was uploaded, moved to `to`; `undefined` while it is not complete. */
  async take(token: string, to: string): Promise<UploadedBlob | undefined> {
    const upload = this.#uploads.get(token);
    if (upload?.whole === undefined) return undefined;
    const hash = createHash('sha256');
    await pipeline(createReadStream(upload.whole), hash);
    const { size } = statSync(upload.whole);
    renameSync(upload.whole, to);
    this.#uploads.delete(token);
    rmSync(upload.folder, { recursive: true, force: true });
    return { file: to, size, sha256: hash.digest('hex') };
  }

  close(): void {
    for (const { folder } of this.#uploads.values()) rmSync(folder, { recursive: true, force: true });
    this.#uploads.clear();
    this.#downloads.clear();
  }

  async handle(request: ServiceRequest, token: string, query: URLSearchParams): Promise<ServiceAnswer> {
    const file = this.#downloads.get(token);
    if (file !== undefined && (request.method === 'GET' || request.method === 'HEAD')) return download(file, request);
    const upload = this.#uploads.get(token);
    if (upload === undefined || request.method !== 'PUT') return { status: 404 };
    try {
      return await this.#put(upload, request, query);
    } catch (error) {
      if (error instanceof TooLarge) return { status: 413, headers: { 'x-ms-error-code': 'RequestBodyTooLarge' } };
      throw error;
    }
  }

  async #put(upload: Upload, request: ServiceRequest, query: URLSearchParams): Promise<ServiceAnswer> {
    const part = query.get('comp');
    if (part === 'block') return this.#block(upload, request, query.get('blockid') ?? '');
    if (part === 'blocklist') return this.#list(upload, request);
    const file = nextFile(upload);
    await this.#receive(upload, request.body, file);
    upload.whole = file;
    return created();
  }

  async #block(upload: Upload, { body }: ServiceRequest, id: string): Promise<ServiceAnswer> {
    if (id === '' || id.length > 128 || upload.files >= MOST_BLOCKS) return { status: 400 };
    const file = nextFile(upload);
    await this.#receive(upload, body, file);
    upload.blocks.set(id, file);
    return created();
  }

  async #list(upload: Upload, { body }: ServiceRequest): Promise<ServiceAnswer> {
    const ids = [
      ...(await textOf(body, MOST_LIST_BYTES)).matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]{1,128})</g),
    ];
    const files = ids.map(([, id = '']) => upload.blocks.get(id));
    if (files.some((file) => file === undefined))
      return { status: 400, headers: { 'x-ms-error-code': 'InvalidBlockList' } };
    const whole = nextFile(upload);
    await pipeline(Readable.from(concatenated(files as string[]), { objectMode: false }), createWriteStream(whole));
    upload.whole = whole;
    return created();
  }

  async #receive(upload: Upload, body: AsyncIterable<Buffer>, file: string): Promise<void> {
    const most = this.#mostBytes;
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of body) {
        upload.bytes += chunk.length;
        if (upload.bytes > most) throw new TooLarge();
        yield chunk;
      }
    };
    await pipeline(Readable.from(counted(), { objectMode: false }), createWriteStream(file, { mode: 0o600 }));
  }
}

const nextFile = (upload: Upload): string => {
  upload.files += 1;
  return join(upload.folder, String(upload.files));
};

async function* concatenated(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file);
}

/** @throws TooLarge */
export async function textOf(body: AsyncIterable<Buffer>, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > mostBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const created = (): ServiceAnswer => ({
  status: 201,
  headers: { etag: '"1"', 'x-ms-request-id': '1', 'x-ms-version': '2021-12-02', 'content-length': '0' },
});

function download(file: string, { headers }: ServiceRequest): ServiceAnswer {
  const { size } = statSync(file);
  const type = {
    'content-type': file.endsWith('.zip') ? 'application/zip' : 'application/octet-stream',
    'accept-ranges': 'bytes',
  };
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(headers['x-ms-range'] ?? headers['range'] ?? '') ?? [];
  if (first === undefined) {
    return { status: 200, headers: { ...type, 'content-length': String(size) }, body: createReadStream(file) };
  }
  const start = Number(first);
  const end = last === undefined || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) return { status: 416, headers: { 'content-range': `bytes */${size}` } };
  return {
    status: 206,
    headers: { ...type, 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` },
    body: createReadStream(file, { start, end }),
  };
}
