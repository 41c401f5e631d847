import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { ServiceAnswer, ServiceHandler, ServiceRequest } from '#core/service.ts';
import { artifactApi } from './artifact-api.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { Blobs, textOf } from './blobs.ts';
import { cacheApi } from './cache-api.ts';
import type { CacheStore } from './cache-store.ts';
import { type Fields, json, TwirpError, type TwirpMethod } from './twirp.ts';

export interface JobServiceOptions {
  readonly artifacts: ArtifactStore;
  readonly caches: CacheStore;
  /** A folder of this job alone, for uploads that are under way. */
  readonly staging: string;
  readonly run: string;
  readonly job: string;
  /** Where the job finds it, such as `http://127.0.0.1:8901`. */
  readonly origin: string;
  readonly now: () => Date;
  /** Why a finished artifact or cache is not kept, where it is not. */
  readonly objection?: (archive: string) => Promise<string | undefined>;
  /** Whether a name holds a secret of the job: such names of artifacts and keys of caches are refused. */
  readonly isSecret?: (name: string) => boolean;
  /** Bytes one upload may have. */
  readonly mostBytes?: number;
}

export interface JobService {
  readonly handle: ServiceHandler;
  /** What the job has to show: in the form of a JSON web token, since the toolkit reads its own names out of it. */
  readonly token: string;
  close(): void;
}

const MOST_REQUEST_BYTES = 2 ** 20;
const DEFAULT_MOST_BYTES = 8 * 2 ** 30;
const PREFIX = '/twirp/github.actions.results.api.v1.';

/**
 * The service for artifacts and caches of one job. Each job has its own, with its own token, so that a job can neither
 * speak for another one nor reach caches that are not for it.
 */
export function createJobService(options: JobServiceOptions): JobService {
  mkdirSync(options.staging, { recursive: true, mode: 0o700 });
  const blobs = new Blobs(options.staging, options.mostBytes ?? DEFAULT_MOST_BYTES);
  const token = runtimeToken(options.run, options.job);
  const address = (id: string, ending: string): string =>
    `${options.origin}/blob/${id}${ending}?sig=${id.slice(0, 16)}`;
  const { artifacts, caches, staging, run, job, now } = options;
  const { objection = async () => undefined, isSecret = () => false } = options;
  const common = { blobs, now, address, objection, isSecret };
  const methods = new Map<string, TwirpMethod>([
    ...named('ArtifactService', artifactApi({ store: artifacts, job, run, ...common })),
    ...named('CacheService', cacheApi({ store: caches, staging, ...common })),
  ]);
  return {
    token,
    close: () => blobs.close(),
    handle: (request) => route(request, blobs, methods, token),
  };
}

const named = (service: string, methods: Readonly<Record<string, TwirpMethod>>): [string, TwirpMethod][] =>
  Object.entries(methods).map(([name, method]) => [`${PREFIX}${service}/${name}`, method]);

async function route(
  request: ServiceRequest,
  blobs: Blobs,
  methods: ReadonlyMap<string, TwirpMethod>,
  token: string,
): Promise<ServiceAnswer> {
  const url = new URL(request.url, 'http://job');
  const [, id] = /^\/blob\/([0-9a-f]{64})(?:\.zip)?$/.exec(url.pathname) ?? [];
  if (id !== undefined) return blobs.handle(request, id, url.searchParams);
  const method = methods.get(url.pathname);
  if (method === undefined) return json(404, { code: 'bad_route', msg: 'there is no such method' });
  if (!same(request.headers['authorization'] ?? '', `Bearer ${token}`)) {
    return json(401, { code: 'unauthenticated', msg: 'the token is not that of this job' });
  }
  try {
    const fields: unknown = JSON.parse(await textOf(request.body, MOST_REQUEST_BYTES));
    if (typeof fields !== 'object' || fields === null) throw new SyntaxError('no object');
    return json(200, await method(fields as Fields));
  } catch (error) {
    if (error instanceof TwirpError) return json(error.status, { code: error.code, msg: error.message });
    if (error instanceof SyntaxError) return json(400, { code: 'malformed', msg: 'the body is no JSON object' });
    throw error;
  }
}

const same = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function runtimeToken(run: string, job: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  // Names within the scope are separated by colons.
  const scope = `Actions.Results:${run}:${job.replaceAll(/[^\w-]/g, '-')}`;
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ scp: scope })}.${randomBytes(32).toString('base64url')}`;
}
