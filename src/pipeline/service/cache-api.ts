import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Blobs } from './blobs.ts';
import type { CacheStore } from './cache-store.ts';
import { type Fields, listField, requiredField, TwirpError, type TwirpMethod } from './twirp.ts';

export interface CacheApiOptions {
  readonly store: CacheStore;
  readonly blobs: Blobs;
  /** Where a finished upload lies until the store takes it. */
  readonly staging: string;
  readonly now: () => Date;
  /** Why a finished cache is not kept, where it is not. */
  readonly objection: (archive: string) => Promise<string | undefined>;
  readonly isSecret: (key: string) => boolean;
  readonly address: (token: string, ending: string) => string;
}

const LONGEST_KEY = 512;

/** `github.actions.results.api.v1.CacheService`, as the client of `@actions/cache` from version 4 on speaks to it. */
export function cacheApi(options: CacheApiOptions): Readonly<Record<string, TwirpMethod>> {
  const { store, blobs, address } = options;
  const pending = new Map<string, string>();
  return {
    CreateCacheEntry: (fields) => {
      const { key, version } = identity(fields);
      if (options.isSecret(key)) throw new TwirpError(400, 'invalid_argument', 'the key holds a secret of the job');
      if (store.has(key, version) || pending.has(`${key}\0${version}`)) {
        return {
          ok: false,
          signed_upload_url: '',
          message: 'cache entry with the same key, version, and scope already exists',
        };
      }
      const token = blobs.createUpload();
      pending.set(`${key}\0${version}`, token);
      return { ok: true, signed_upload_url: address(token, '') };
    },
    FinalizeCacheEntryUpload: (fields) => finalize(options, pending, fields),
    GetCacheEntryDownloadURL: (fields) => {
      const { key, version } = identity(fields);
      const found = store.find([key, ...listField(fields, 'restore_keys').slice(0, 10)], version);
      if (found === undefined) return { ok: false, signed_download_url: '', matched_key: '' };
      return {
        ok: true,
        signed_download_url: address(blobs.createDownload(found.archive), ''),
        matched_key: found.key,
      };
    },
  };
}

function identity(fields: Fields): { key: string; version: string } {
  const key = requiredField(fields, 'key');
  if (key.length > LONGEST_KEY || key.includes(','))
    throw new TwirpError(400, 'invalid_argument', 'the key is not valid');
  return { key, version: requiredField(fields, 'version') };
}

async function finalize(options: CacheApiOptions, pending: Map<string, string>, fields: Fields): Promise<Fields> {
  const { key, version } = identity(fields);
  const token = pending.get(`${key}\0${version}`);
  if (token === undefined) throw new TwirpError(404, 'not_found', 'no upload of this key was started');
  const archive = join(options.staging, `cache-${token}`);
  const blob = await options.blobs.take(token, archive);
  if (blob === undefined) throw new TwirpError(400, 'failed_precondition', 'the upload is not complete');
  pending.delete(`${key}\0${version}`);
  const wrong = await options.objection(archive);
  if (wrong !== undefined) {
    rmSync(archive, { force: true });
    throw new TwirpError(400, 'invalid_argument', wrong);
  }
  const createdAt = options.now().getTime();
  const ok = options.store.add(key, version, archive, blob.size, createdAt);
  if (!ok) rmSync(archive, { force: true });
  return { ok, entry_id: String(createdAt), message: ok ? '' : 'the key is taken' };
}
