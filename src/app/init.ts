import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { writeAtomically } from '#engine/atomic-file.ts';
import { shown } from './user-file.ts';
import { written } from './written.ts';

/** Every line of it says what the default is, so that reading it teaches what there is. */
const TEMPLATE = `# yaml-language-server: $schema=./node_modules/sluice/schemas/sluice.schema.json
# What Sluice reads, and what it lets through. Every value here is the default.
version: 1

scan:
  # Paths left out, in the syntax of .gitignore.
  exclude: []

secrets:
  # gitleaks configuration files, read unchanged, beside the shipped rules.
  rules: []

suppressions:
  # \`sluice: allow CHECK -- reason until 2027-01-31\` in a comment sets a finding aside.
  requireReason: false

policy:
  # CEL over each finding, each problem, or the whole scan. The change stops when one holds.
  rules:
    - name: new-high-findings
      when: finding.severity >= HIGH && finding.confidence >= MEDIUM && finding.isNew
      message: New findings of high severity are not let through.
  # Most open findings by family, for example { secrets: 0 }.
  limits: {}

# \`sluice plan\` and \`sluice run\` take the workflows of this repository as they are. Here goes what they must be told:
# \`network.allow\`, the hosts that jobs may reach; \`vault.sources\`, where secrets come from besides \`sluice secret set\`;
# \`environments\`, where \`sluice deploy\` takes artifacts, and what must be proven first.
`;

/**
 * Writes a `sluice.yaml` with the defaults into a folder; answers with its path.
 *
 * @throws SluiceError `path-not-found`; `config-exists` when there is one, unless `force`; `output-failed`
 */
export function initialise(folder: string, force: boolean): string {
  const file = join(resolve(folder), 'sluice.yaml');
  if (!existsSync(resolve(folder))) throw new SluiceError('path-not-found', `there is no folder ${folder}`);
  if (existsSync(file) && !force) {
    throw new SluiceError('config-exists', `${shown(file)} is there already`, { hint: '--force replaces it.' });
  }
  // As a whole: a link of this name, which may lead anywhere, is replaced and not followed.
  written(shown(file), () => writeAtomically(file, TEMPLATE));
  return shown(file);
}
