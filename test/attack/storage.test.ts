import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commit, git } from '../support/repository.ts';
import { type Attacked, canaries, expression, job, type Lab, openLab, stepsOf, withSecret, type Yaml } from './lab.ts';

/*
 * Artifacts and caches: what a job with a secret puts there, what a job from outside puts there for others, and what an
 * archive does to who unpacks it. A local action speaks to the service of the job directly, as the toolkit does.
 */

const upload = (inputs: Yaml): Yaml => ({ uses: 'actions/upload-artifact@v4', with: inputs });
const download = (inputs: Yaml): Yaml => ({ uses: 'actions/download-artifact@v4', with: inputs });
const script = (run: string): Yaml => withSecret('TOKEN', run);
/** A step of the action that runs this program with the service at hand. */
const client = (program: string, inputs: Yaml = {}): Yaml => ({ uses: './client', with: { program, ...inputs } });

const CLIENT = `
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const [base, token, secret] = [process.env.ACTIONS_RESULTS_URL, process.env.ACTIONS_RUNTIME_TOKEN, process.env.INPUT_SECRET];
const call = async (name, fields, bearer = token) => {
  const answer = await fetch(new URL('/twirp/github.actions.results.api.v1.' + name, base), { method: 'POST', body: JSON.stringify(fields), headers: { authorization: 'Bearer ' + bearer, 'content-type': 'application/json' } });
  return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
};
const put = (url, body, query = '') => fetch(url + query, { method: 'PUT', body });
const zip = (...args) => { execFileSync('python3', args); return fs.readFileSync('/tmp/runner/z.zip'); };
const say = (...words) => console.log('said', ...words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))));
const store = async (name, body) => {
  const made = await call('ArtifactService/CreateArtifact', { name });
  if (made.status !== 200) return say('refused at once', made.status);
  await put(made.signed_upload_url, body);
  const done = await call('ArtifactService/FinalizeArtifact', { name, size: String(body.length) });
  return say(done.status === 200 ? 'stored' : 'refused', done.status);
};
const keep = async (key, body, version = 'v') => {
  const made = await call('CacheService/CreateCacheEntry', { key, version });
  if (made.status !== 200 || !made.ok) return say('refused at once', made.status);
  await put(made.signed_upload_url, body);
  const done = await call('CacheService/FinalizeCacheEntryUpload', { key, version, size_bytes: String(body.length) });
  return say(done.ok ? 'stored' : 'refused', done.status);
};
const PROGRAMS = {
  plain: () => store('plain', Buffer.from('fine')),
  raw: () => store('raw', Buffer.from('x' + secret)),
  zipped: () => { fs.writeFileSync('/tmp/runner/f', 'a'.repeat(5000) + secret); return store('zipped', zip('-c', 'import zipfile; z=zipfile.ZipFile("/tmp/runner/z.zip","w",zipfile.ZIP_DEFLATED); z.write("/tmp/runner/f","f"); z.close()')); },
  entry: () => store('entry', zip('-c', 'import zipfile,os; z=zipfile.ZipFile("/tmp/runner/z.zip","w"); z.writestr(os.environ["INPUT_SECRET"],"f"); z.close()')),
  comment: () => store('comment', zip('-c', 'import zipfile,os; z=zipfile.ZipFile("/tmp/runner/z.zip","w"); z.writestr("f","f"); z.comment=os.environ["INPUT_SECRET"].encode(); z.close()')),
  name: () => store(secret, Buffer.from('fine')),
  key: () => keep(secret, Buffer.from('fine')),
  gzipped: () => keep('gz', require('node:zlib').gzipSync('a'.repeat(500) + secret)),
  zstd: () => keep('zst', require('node:zlib').zstdCompressSync(Buffer.from('a'.repeat(500) + secret))),
  slip: () => store('slip', zip('-c', 'import zipfile; z=zipfile.ZipFile("/tmp/runner/z.zip","w"); z.writestr("../../../escaped","f"); z.writestr("/escaped","f"); z.close()')),
  link: () => store('link', zip('-c', 'import zipfile; z=zipfile.ZipFile("/tmp/runner/z.zip","w"); i=zipfile.ZipInfo("l"); i.external_attr=0o120777<<16; z.writestr(i,"/etc/passwd"); z.writestr("l/x","f"); z.close()')),
  bomb: () => store('bomb', zip('-c', 'import zipfile,struct; z=zipfile.ZipFile("/tmp/runner/z.zip","w",zipfile.ZIP_DEFLATED); z.writestr("f",b"0"*20000000); z.close(); d=open("/tmp/runner/z.zip","rb").read(); n=struct.pack("<I",20000000); m=struct.pack("<I",10); open("/tmp/runner/z.zip","wb").write(d.replace(n,m))')),
  names: async () => { for (const name of ['../x', 'a/b', '..', 'a\\\\b', 'x'.repeat(300), 'a\\nb', '']) await store(name, Buffer.from('fine')); },
  forged: async () => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const other = [part({ alg: 'none' }), part({ scp: 'Actions.Results:1:other', trusted: true }), ''].join('.');
    for (const bearer of ['', other, token.replace(/.$/, 'A'), 'null']) say((await call('CacheService/CreateCacheEntry', { key: 'k', version: 'v' }, bearer)).status);
  },
  scope: async () => {
    say('scope', (await call('CacheService/CreateCacheEntry', { key: 'deps', version: 'v', scope: 'refs/heads/main', metadata: { repository_id: '1', scope: [{ scope: 'refs/heads/main', permission: '3' }] } })).ok);
    await keep('poison', Buffer.from('poisoned'));
    await keep('../../trusted/poison', Buffer.from('poisoned'), '../v');
  },
  late: async () => {
    const made = await call('ArtifactService/CreateArtifact', { name: 'late' });
    const { Readable } = require('node:stream');
    let go; const slow = new Promise((done) => { go = done; });
    const body = Readable.toWeb(Readable.from((async function* () { yield Buffer.from('slow '); await slow; yield Buffer.from('changed afterwards'); })()));
    const under = fetch(made.signed_upload_url, { method: 'PUT', body, duplex: 'half' });
    await new Promise((done) => setTimeout(done, 200));
    await put(made.signed_upload_url, Buffer.from('as it was'));
    const done = await call('ArtifactService/FinalizeArtifact', { name: 'late', size: '9' });
    go(); await under.catch(() => undefined);
    say('late', done.status);
  },
  found: async () => say('found', (await call('CacheService/GetCacheEntryDownloadURL', { key: 'poison', restore_keys: ['pois', ''], version: 'v' })).matched_key || 'nothing'),
};
PROGRAMS[process.env.INPUT_PROGRAM]().catch((error) => { console.log('failed', String(error)); process.exitCode = 1; });
`;

const FILES = {
  'client/action.yml': 'name: client\ninputs: { program: {}, secret: {} }\nruns: { using: node24, main: main.js }\n',
  'client/main.js': CLIENT,
};
const secret = expression('secrets.TOKEN');
const withIt = { secret };

interface Case {
  readonly steps: readonly (string | Yaml)[];
  readonly proof: string;
}

const STORED: Readonly<Record<string, Case>> = {
  'a file with it': { steps: [script('rm -rf f*; echo "a $S" > f'), upload({ path: 'f' })], proof: 'holds a secret' },
  'a file with it in base64': {
    steps: [script('rm -rf f*; (echo x; echo "$S") | base64 > f'), upload({ path: 'f' })],
    proof: 'holds a secret',
  },
  'a file named by it': {
    steps: [script('rm -rf f*; echo fine > "f-$S"'), upload({ path: 'f-*' })],
    proof: 'holds a secret',
  },
  'a cache of a file with it': {
    steps: [script('rm -rf f*; echo "a $S" > f'), { uses: 'actions/cache/save@v4', with: { path: 'f', key: 'k1' } }],
    proof: 'holds a secret',
  },
  'a cache of a file named by it': {
    steps: [
      script('rm -rf f*; echo fine > "f-$S"'),
      { uses: 'actions/cache/save@v4', with: { path: 'f-*', key: 'k2' } },
    ],
    proof: 'holds a secret',
  },
  'a link to what is outside': {
    steps: [
      'mkdir links; ln -s /etc/passwd links/l; ln -s / links/root; echo fine > links/f',
      upload({ name: 'linked', path: 'links' }),
    ],
    proof: 'is a link and is left out',
  },
  'the service, which shows that it stores': { steps: [client('plain')], proof: 'said stored' },
  'the service, as it is': { steps: [client('raw', withIt)], proof: 'said refused' },
  'the service, compressed': { steps: [client('zipped', withIt)], proof: 'said refused' },
  'the service, as the name of an entry': { steps: [client('entry', withIt)], proof: 'said refused' },
  'the service, beside the entries': { steps: [client('comment', withIt)], proof: 'said refused' },
  'the service, as a name': { steps: [client('name', withIt)], proof: 'said refused at once' },
  'the service, as a key': { steps: [client('key', withIt)], proof: 'said refused at once' },
  'the service, as a cache in gzip': { steps: [client('gzipped', withIt)], proof: 'said refused' },
  'the service, as a cache in zstd': { steps: [client('zstd', withIt)], proof: 'said refused' },
  'names that are paths': { steps: [client('names')], proof: 'said refused at once' },
  'an upload that goes on when it is over': { steps: [client('late')], proof: 'said late 200' },
  'tokens that are not its own': { steps: [client('forged')], proof: 'said 401\nsaid 401\nsaid 401\nsaid 401' },
  'a file that would lie outside': {
    steps: [client('slip'), download({ name: 'slip', path: 'there' })],
    proof: 'said refused',
  },
  'a link that a file lies below': {
    steps: [
      client('link'),
      download({ name: 'link', path: 'there' }),
      'ls -l there; echo "kept $(find there -type l | wc -l)"',
    ],
    proof: 'kept 0',
  },
  'a file that is larger than it says': { steps: [client('bomb')], proof: 'said refused' },
};

describe('what a job stores', () => {
  let lab: Lab;
  let attacked: Attacked;
  beforeAll(async () => {
    lab = openLab({
      secrets: canaries(['TOKEN']),
      files: FILES,
      jobs: {
        one: job(
          { uses: 'actions/checkout@v4' },
          ...Object.entries(STORED).flatMap(([name, { steps }]) => stepsOf(name, steps)),
        ),
      },
    });
    attacked = await lab.run();
  });

  test.each(Object.entries(STORED))('holds no secret and lies where it should: %s', (name, { proof }) => {
    expect(attacked.step(name)).toContain(proof);
    if (name === 'names that are paths') expect(attacked.step(name)).not.toContain('said stored');
  });

  test('is not changed by what comes after its end', () => {
    const file = join(lab.folder, '.sluice/runs', String(attacked.id), 'artifacts/late.zip');
    expect(readFileSync(file, 'utf8')).toBe('as it was');
  });

  test('holds none of it, nor do logs or the host', async () => {
    expect(await lab.leaks(attacked)).toEqual([]);
    expect(readdirSync(join(lab.folder, '..')).toSorted()).toEqual(['inputs', 'project', 'user']);
  });
});

describe('a cache that a fork fills', () => {
  const save = (key: string): Yaml => ({ uses: 'actions/cache/save@v4', with: { path: 'deps', key } });
  const restore = (key: string, more = ''): Yaml => ({
    uses: 'actions/cache/restore@v4',
    with: { path: 'deps', key, 'restore-keys': more },
  });
  const KEYS_OF_CACHES = ['deps', 'deps-', 'deps-abc', 'd'];

  test('is never read by a run of the branch, whatever its key; the other way round it is', async () => {
    const lab = openLab({
      secrets: canaries(['TOKEN']),
      files: FILES,
      workflow: { on: ['push', 'pull_request'] },
      jobs: {
        one: job(
          { uses: 'actions/checkout@v4' },
          ...KEYS_OF_CACHES.map((key) => restore(key, `${key.slice(0, -1)}\nde`)),
          'echo "read [$(cat deps/of 2>/dev/null)]"',
          'rm -rf deps; mkdir -p deps; echo "$GITHUB_EVENT_NAME" > deps/of',
          ...KEYS_OF_CACHES.map(save),
          { uses: './client', with: { program: 'found' } },
          { uses: './client', with: { program: 'scope' } },
          { uses: './client', with: { program: 'found' } },
        ),
      },
    });
    commit(lab.folder, { x: 'y' }, 'head');
    const head = git(lab.folder, 'rev-parse', 'HEAD').trim();
    const event = {
      pull_request: { number: 1, head: { sha: head, ref: 'main', repo: { full_name: 'e/f' } }, base: { ref: 'main' } },
    };
    const fork = await lab.run({ event: ['pull_request', event] });
    const own = await lab.run();
    const again = await lab.run({ event: ['pull_request', { ...event, number: 2 }] });
    expect([fork, own, again].map(({ log }) => /read \[(.*)\]/.exec(log('one'))?.[1])).toEqual([
      '',
      '',
      'pull_request',
    ]);
    expect(own.log('one')).toContain('said found nothing');
    expect(fork.log('one')).toContain('said found poison');
    expect(again.log('one').match(/said found poison/g)?.length).toBe(2);
  });

  test('and an archive of one writes nothing on the host', async () => {
    const lab = openLab({
      secrets: {},
      jobs: { one: job(restore('deps'), 'cat deps/of; ls -la /home/runner | head -20') },
    });
    const beside = lab.beside('evil');
    mkdirSync(beside);
    writeFileSync(join(beside, 'of'), 'of the archive\n');
    const first = openLab({ secrets: {}, jobs: { one: job('mkdir deps; echo fine > deps/of', save('deps')) } });
    await first.run();
    expect((await lab.run()).log('one')).toContain('Cache not found');
    execFileSync('mkdir', ['-p', join(lab.folder, '.sluice/cache')]);
    execFileSync('cp', ['-r', join(first.folder, '.sluice/cache/entries'), join(lab.folder, '.sluice/cache/entries')]);
    // An archive that names places outside, as a poisoned one would.
    const [archive = ''] = execFileSync('find', [join(lab.folder, '.sluice/cache/entries'), '-name', 'archive'])
      .toString()
      .trim()
      .split('\n');
    execFileSync(
      'tar',
      ['-czPf', archive, '--transform', `s,^of$,${beside}/escaped,`, '--transform', 's,^two$,deps/of,', 'of'],
      { cwd: beside },
    );
    const run = await lab.run();
    expect(run.record.jobs[0]?.conclusion).toBe('failure');
    expect(readdirSync(beside)).toEqual(['of']);
  });
});
