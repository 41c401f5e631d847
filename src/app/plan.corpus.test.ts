import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planWorkflow } from '#pipeline/plan/plan.ts';
import type { PlanPorts } from '#pipeline/plan/ports.ts';
import { checkWorkflow, readWorkflow } from '#pipeline/workflow/read.ts';

/*
 * Workflows of public projects: `SLUICE_CORPUS_WORKFLOWS` names a folder with a folder for each project, each with its
 * `.github/workflows`. At least nine of ten must be read and planned, and what cannot run must say where the file asks.
 */
const CORPUS = process.env['SLUICE_CORPUS_WORKFLOWS'];
const FEWEST = 200;

interface File {
  readonly project: string;
  readonly file: string;
  readonly content: Buffer;
}

const filesOf = (corpus: string): File[] =>
  readdirSync(corpus).flatMap((project) => {
    const folder = '.github/workflows';
    const names = readdirSync(join(corpus, project, folder)).filter((name) => /\.ya?ml$/.test(name));
    return names.map((name) => ({
      project,
      file: `${folder}/${name}`,
      content: readFileSync(join(corpus, project, folder, name)),
    }));
  });

/** A machine with nothing on it; of files, only the workflows of the project. */
const portsOf = (folder: string): PlanPorts => ({
  machine: { arch: 'x64', hasImage: () => false, has: () => false },
  network: () => [],
  workflow: async (reference) => {
    const file = join(folder, reference.path);
    if (reference.kind === 'remote' || !existsSync(file)) {
      return { found: false, code: 'workflow-missing', reason: 'it is not here' };
    }
    return { found: true, value: readWorkflow({ file: reference.path, content: readFileSync(file) }), origin: {} };
  },
  action: async () => ({ found: false, code: 'action-missing', reason: 'it is not here' }),
});

describe.skipIf(CORPUS === undefined)('workflows of public projects', () => {
  const files = CORPUS === undefined ? [] : filesOf(CORPUS);

  it('are planned, and what cannot run names its line', async () => {
    expect(files.length).toBeGreaterThanOrEqual(FEWEST);
    const refused: string[] = [];
    for (const { project, file, content } of files) {
      const checked = checkWorkflow({ file, content });
      if (!checked.ok) {
        const [first] = checked.mistakes;
        refused.push(`${project} ${file}:${first?.at?.line}:${first?.at?.column} ${first?.message}`);
        expect(checked.mistakes.every(({ at }) => at?.line !== undefined)).toBe(true);
        continue;
      }
      const event = { name: checked.value.triggers[0]?.event ?? 'push', ref: 'refs/heads/main' };
      const contexts = { github: { ref: event.ref, event_name: event.name, event: {} }, inputs: {}, vars: {} };
      const plan = await planWorkflow(checked.value, {
        event,
        trusted: true,
        contexts,
        ports: portsOf(join(CORPUS ?? '', project)),
      });
      for (const { at, message } of plan.obstacles) {
        expect(at.line, `${project} ${file}: ${message}`).toBeGreaterThan(0);
        expect(at.column).toBeGreaterThan(0);
      }
    }
    expect(refused.length, refused.join('\n')).toBeLessThanOrEqual(files.length / 10);
  });
});
