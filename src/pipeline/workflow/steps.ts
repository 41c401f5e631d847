import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import { Fields, optional } from './mapping.ts';
import { invalid, type Reading } from './mistakes.ts';
import type { Step, UnsupportedKey } from './model.ts';
import { children, conditionOf, succeeded } from './template.ts';

const ID = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
const ID_HINT = 'Letters, digits, `-` and `_`, not starting with a digit or `-`; at most 100.';

/** The rule for ids of jobs and steps. */
export function checkId(id: string, what: string, fields: Fields, key?: string): void {
  const at = key === undefined ? fields.at : fields.place(key);
  if (!ID.test(id))
    fields.reading.mistakes.push(invalid(`\`${id.slice(0, 120)}\` cannot be the id of a ${what}`, at, ID_HINT));
  else if (id.startsWith('__')) {
    fields.reading.mistakes.push(invalid('ids that start with `__` are reserved', at, 'Take the underscores away.'));
  }
}

/** The steps of a job or of a composite action; what cannot be said in the model goes to `unsupported`. */
export function stepsOf(token: TemplateToken | undefined, reading: Reading, unsupported: UnsupportedKey[]): Step[] {
  if (token === undefined || !isSequence(token)) return [];
  const ids = new Set<string>();
  return children(token).flatMap((one) => stepOf(new Fields(one, reading), ids, unsupported));
}

function stepOf(fields: Fields, ids: Set<string>, unsupported: UnsupportedKey[]): Step[] {
  const base = baseOf(fields);
  if (base.id !== undefined) {
    checkId(base.id, 'step', fields, 'id');
    const known = base.id.toLowerCase();
    if (ids.has(known)) {
      fields.reading.mistakes.push(
        invalid(`two steps have the id \`${base.id}\``, fields.place('id'), 'Ids are compared without case.'),
      );
    }
    ids.add(known);
  }
  const run = fields.template('run');
  if (run !== undefined) {
    const shell = optional('shell', fields.template('shell'));
    return [
      { kind: 'run', run, ...shell, ...optional('workingDirectory', fields.template('working-directory')), ...base },
    ];
  }
  const uses = fields.text('uses');
  if (uses !== undefined) {
    checkUses(uses, fields);
    return [{ kind: 'uses', uses, usesAt: fields.place('uses'), with: fields.map('with'), ...base }];
  }
  for (const key of ['parallel', 'wait', 'wait-all', 'cancel']) {
    if (fields.has(key)) unsupported.push({ key, at: fields.placeOfKey(key) });
  }
  return [];
}

function baseOf(fields: Fields) {
  const condition = fields.token('if');
  return {
    ...optional('id', fields.text('id')),
    ...optional('name', fields.template('name')),
    if: condition === undefined ? succeeded(fields.at) : conditionOf(condition, fields.reading),
    env: fields.map('env'),
    ...optional('continueOnError', fields.template('continue-on-error')),
    ...optional('timeoutMinutes', fields.template('timeout-minutes')),
    at: fields.at,
  };
}

const REMOTE = /^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}[/@])[\w.-]{1,100}(?:\/[^@]{1,1000})?@\S{1,255}$/;

/** A local path, an image, or an action of a repository at a ref. */
function checkUses(uses: string, fields: Fields): void {
  // Our own needs no commit: it is this program.
  if (uses === 'sluice/scan' || uses === 'sluice/tests') return;
  if (/^(?:\.[/\\]|\$\/)/.test(uses) || uses.startsWith('docker://') || REMOTE.test(uses)) return;
  const hint = 'Write `owner/repository@commit`, `owner/repository/folder@commit`, `./folder` or `docker://image`.';
  fields.reading.mistakes.push(invalid(`\`${uses.slice(0, 100)}\` names no action`, fields.place('uses'), hint));
}
