import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DurableFile } from '#core/secret-source.ts';
import type { Verdict } from '#core/verdict.ts';
import { folderActivation } from './activation.ts';
import { deploy, type Environment, handOver, rollBack } from './deploy.ts';
import { findDrift } from './drift.ts';
import { folder } from './fixture.ts';
import { renderManifest } from './manifest.ts';
import { liveRelease } from './releases.ts';
import { type DeploymentRecord, parseState } from './state.ts';
import { digestOfTree, parseTree, serializeTree, treeOf } from './tree.ts';

const PASS: Verdict = { outcome: 'pass', reasons: [] };
const REFUSED: Verdict = {
  outcome: 'refused',
  reasons: [{ rule: 'signed', outcome: 'refused', message: 'not signed', findings: [], problems: 0 }],
};

function memory(path: string): DurableFile {
  let content: Buffer | undefined;
  return {
    path,
    read: () => content,
    change: async (edit) => {
      content = Buffer.from(await edit(content));
    },
  };
}

function makeEnvironment(options: { verdict?: Verdict; unhealthy?: (root: string) => boolean } = {}) {
  const root = folder();
  const check = { kind: 'tcp', port: 1, timeoutMs: 1, withinMs: 1 } as const;
  const probe = { wait: async () => (options.unhealthy?.(root) === true ? 'it is down' : undefined) };
  let minute = 0;
  const environment: Environment = {
    name: 'production',
    root,
    keep: 2,
    state: memory('state.json'),
    activation: folderActivation(root, { check, probe }),
    clock: {
      now: () => {
        minute += 1;
        return new Date(Date.UTC(2026, 0, 1, 0, minute));
      },
    },
    exclusively: (work) => work(),
    judge: async () => options.verdict ?? PASS,
    digestOf: (path) => {
      const bytes = statSync(path).isDirectory() ? digestOfTree(treeOf(path)) : readFileSync(path);
      return { name: 'app', digest: { sha256: createHash('sha256').update(bytes).digest('hex') } };
    },
  };
  return { environment, root, state: () => parseState(environment.state.read(), '') };
}

function artifact(content: string): string {
  const made = join(folder(), 'app');
  mkdirSync(made);
  writeFileSync(join(made, 'index.html'), content);
  return made;
}

const served = (root: string): string => readFileSync(join(root, 'current/index.html'), 'utf8');
const recorded = async (environment: Environment): Promise<DeploymentRecord[]> => {
  const records: DeploymentRecord[] = [];
  await handOver(environment, async (each) => void records.push(...each));
  return records;
};

describe('a deployment', () => {
  test('goes live, and again, and back', async () => {
    const { environment, root } = makeEnvironment();
    expect((await deploy(environment, artifact('one'), false)).action).toBe('deployed');
    const one = artifact('two');
    expect(await deploy(environment, one, false)).toMatchObject({ action: 'deployed' });
    expect(await deploy(environment, one, false)).toMatchObject({ action: 'unchanged' });
    expect(served(root)).toBe('two');
    expect((await rollBack(environment)).action).toBe('rolled-back');
    expect(served(root)).toBe('one');
    const records = await recorded(environment);
    expect(records.map(({ action }) => action)).toEqual(['deployed', 'deployed', 'rolled-back']);
    expect(records[1]?.replaced).toEqual(records[0]?.artifact.digest);
    expect(records[0]).toMatchObject({ environment: 'production', kind: 'folder', verdict: 'pass' });
    expect(await recorded(environment)).toEqual([]);
    expect(existsSync(join(root, 'staging'))).toBe(false);
  });

  test('that the gate refuses leaves nothing', async () => {
    const { environment, root, state } = makeEnvironment({ verdict: REFUSED });
    expect(await deploy(environment, artifact('one'), false)).toMatchObject({ action: 'refused', verdict: REFUSED });
    expect(liveRelease(root)).toBeUndefined();
    expect(state().unrecorded).toEqual([]);
    expect(existsSync(join(root, 'releases'))).toBe(false);
  });

  test('that is only tried changes nothing', async () => {
    const { environment, root } = makeEnvironment();
    expect((await deploy(environment, artifact('one'), true)).action).toBe('would-deploy');
    expect(liveRelease(root)).toBeUndefined();
  });

  test('that does not work is rolled back, and recorded as failed', async () => {
    const { environment, root } = makeEnvironment({ unhealthy: (at) => served(at) === 'bad' });
    await deploy(environment, artifact('good'), false);
    expect(await deploy(environment, artifact('bad'), false)).toMatchObject({
      action: 'failed',
      reason: expect.stringContaining('it is down'),
    });
    expect(served(root)).toBe('good');
    expect((await recorded(environment)).map(({ action }) => action)).toEqual(['deployed', 'failed']);
    expect((await deploy(environment, artifact('better'), false)).action).toBe('deployed');
    const first = makeEnvironment({ unhealthy: () => true });
    await deploy(first.environment, artifact('bad'), false);
    expect(liveRelease(first.root)).toBeUndefined();
  });

  test('is judged by the copy that is released, whatever becomes of the original', async () => {
    const { environment, root } = makeEnvironment();
    const original = artifact('verified');
    const judged = {
      ...environment,
      judge: async () => {
        writeFileSync(join(original, 'index.html'), 'swapped');
        return PASS;
      },
    };
    await deploy(judged, original, false);
    expect(served(root)).toBe('verified');
  });

  test('keeps as many earlier releases as it should', async () => {
    const { environment, root, state } = makeEnvironment();
    for (const content of ['1', '2', '3', '4', '5']) await deploy(environment, artifact(content), false);
    expect(state().releases).toHaveLength(3);
    expect(treeOf(join(root, 'releases')).filter(({ path }) => path.endsWith('.list'))).toHaveLength(3);
  });

  test('never changes a release in place: a live one that was changed is made anew beside it', async () => {
    const { environment, root } = makeEnvironment();
    const one = artifact('one');
    const first = await deploy(environment, one, false);
    writeFileSync(join(root, 'current/index.html'), 'changed by hand');
    const again = await deploy(environment, one, false);
    expect(again.release).toBe(`${first.release}.2`);
    expect(served(root)).toBe('one');
    await expect(rollBack(environment)).rejects.toMatchObject({ code: 'release-changed' });
  });

  test('without an earlier release there is no way back', async () => {
    const { environment } = makeEnvironment();
    await expect(rollBack(environment)).rejects.toMatchObject({ code: 'no-earlier-release' });
  });

  test('of one that was killed before it went live is recorded as failed', async () => {
    const { environment } = makeEnvironment();
    await deploy(environment, artifact('one'), false);
    const killed = {
      ...environment,
      activation: { kind: 'folder', activate: async () => Promise.reject(new Error('killed')) },
    };
    await expect(deploy(killed, artifact('two'), false)).rejects.toThrow('killed');
    expect((await recorded(environment)).map(({ action }) => action)).toEqual(['deployed', 'failed']);
  });

  test('of one that was killed after it went live is recorded as deployed', async () => {
    const { environment, root, state } = makeEnvironment();
    const killed: Environment = {
      ...environment,
      activation: {
        kind: 'folder',
        activate: async (release, previous) => {
          await environment.activation.activate(release, previous);
          throw new Error('killed');
        },
      },
    };
    await expect(deploy(killed, artifact('two'), false)).rejects.toThrow('killed');
    expect((await recorded(environment)).map(({ action }) => action)).toEqual(['deployed']);
    expect(state().releases.map(({ name }) => name)).toEqual([liveRelease(root)]);
  });
});

describe('drift', () => {
  test('names what was changed, is missing, and came along', async () => {
    const { environment, root, state } = makeEnvironment();
    const made = artifact('one');
    writeFileSync(join(made, 'gone.txt'), 'x');
    await deploy(environment, made, false);
    const [{ name: release, content } = { name: '', content: '' }] = state().releases;
    expect(await findDrift(root, { release, content })).toEqual({ status: 'none', release });
    const reason = 'it is stopped';
    expect(await findDrift(root, { release, content }, async () => reason)).toEqual({
      status: 'not-running',
      release,
      reason,
    });
    writeFileSync(join(root, 'current/index.html'), 'two');
    rmSync(join(root, 'current/gone.txt'));
    writeFileSync(join(root, 'current/new.txt'), 'x');
    const difference = { changed: ['index.html'], missing: ['gone.txt'], extra: ['new.txt'] };
    expect(await findDrift(root, { release, content })).toEqual({ status: 'changed', release, difference });
    writeFileSync(join(root, 'releases', `${release}.list`), serializeTree(treeOf(join(root, 'current/'))));
    expect(await findDrift(root, { release, content })).toEqual({ status: 'changed', release });
    expect(await findDrift(root, undefined)).toEqual({ status: 'unsigned', live: release });
    expect(await findDrift(root, { release: 'sha256-0', content })).toMatchObject({
      status: 'other-release',
      live: release,
    });
    expect(await findDrift(folder(), undefined)).toEqual({ status: 'empty' });
  });

  test('a list of files survives both ways, also with strange names', () => {
    const made = artifact('x');
    writeFileSync(join(made, 'a\nfile 0'), 'x');
    const entries = treeOf(made);
    expect(parseTree(serializeTree(entries))).toEqual(entries);
    expect(parseTree('file nonsense\n')).toBeUndefined();
    expect(parseTree(serializeTree(entries).slice(0, -1))).toBeUndefined();
  });
});

describe('a manifest', () => {
  const image = `registry.example/shop@sha256:${'a'.repeat(64)}`;
  const text = 'kind: Deployment\nspec:\n  containers:\n    - name: app\n      image: {image}\n'.replace(
    '{image}',
    '"{image}"',
  );

  test('gets the image by digest', () => {
    expect(renderManifest(text, image, 'm.yaml')).toContain(`image: "${image}"`);
  });

  test.each([
    ['without a place for the image', 'kind: Deployment\n'],
    ['with another image by tag', `${text}---\nkind: Job\nimage: other:latest\n`],
    ['that is no YAML', 'a: [{image}\n'],
    ['that is no object', '- "{image}"\n'],
  ])('%s is refused', (_, wrong) => {
    expect(() => renderManifest(wrong, image, 'm.yaml')).toThrow(expect.objectContaining({ code: 'manifest-invalid' }));
  });
});
