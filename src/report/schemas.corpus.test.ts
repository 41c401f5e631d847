import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { documentation, emptyReport, finding, fullReport, incompleteReport, location, whole } from './fixture.ts';
import { formatNamed } from './index.ts';

/**
 * Reports against the schemas that their readers publish. The schemas are not ours to ship: point
 * `SLUICE_CORPUS_SCHEMAS` at a folder with `sarif-schema-2.1.0.json` (OASIS), `secret-detection-report-format.json` and
 * `sast-report-format.json` (GitLab, version 15).
 */
const folder = process.env['SLUICE_CORPUS_SCHEMAS'];

const CASES = [
  ['sarif', 'sarif-schema-2.1.0.json'],
  ['gitlab-secrets', 'secret-detection-report-format.json'],
  ['gitlab-sast', 'sast-report-format.json'],
] as const;

const REPORTS = {
  everything: fullReport(),
  nothing: emptyReport(),
  incomplete: incompleteReport(),
  'a hostile path': {
    ...emptyReport(),
    findings: [finding('secrets/generic', 'a', location('a b/%2e/[x]#?:\u0000\ud800\\"', 1, 1), { places: [] })],
  },
};

describe('published schemas (SLUICE_CORPUS_SCHEMAS)', () => {
  test.each(CASES)('%s holds %s', async (name, file) => {
    const schema = JSON.parse(readFileSync(join(folder ?? '', file), 'utf8')) as Record<string, unknown>;
    // Draft 4 names the identifier `id`; nothing else of it differs in this schema.
    const { $schema: _, id: __, $id: ___, ...rest } = schema;
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(rest);
    const { render } = (await formatNamed(name)?.load()) ?? expect.unreachable();
    for (const report of Object.values(REPORTS)) {
      const repository = { uri: 'https://example.com/shop.git', revision: 'c0ffee' };
      validate(
        JSON.parse(whole(render)(report, { color: false, width: 80, verbose: false, documentation, repository })),
      );
      expect(validate.errors).toBeNull();
    }
  });
});
