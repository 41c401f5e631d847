import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { Fields, optional } from './mapping.ts';
import { invalid, type Reading } from './mistakes.ts';
import type { Action, Condition, TemplateMap } from './model.ts';
import { stepsOf } from './steps.ts';
import { conditionOf } from './template.ts';

/** The model of an `action.yml`. */
export function actionOf(root: TemplateToken, reading: Reading): Action {
  const fields = new Fields(root, reading);
  const outputs = fields.fields('outputs');
  return {
    name: fields.text('name') || reading.source.file,
    file: reading.source.file,
    inputs: fields
      .fields('inputs')
      .entries()
      .map(({ key, value }) => {
        const input = new Fields(value, reading);
        return { name: key, required: input.flag('required'), ...optional('default', input.template('default')) };
      }),
    outputs: outputs.entries().map(({ key }) => key),
    runs: runsOf(fields, outputs),
  };
}

/** What each kind of action must say. */
const REQUIRED: ReadonlyMap<string, string> = new Map([
  ['composite', 'steps'],
  ['docker', 'image'],
]);

function runsOf(root: Fields, outputs: Fields): Action['runs'] {
  const runs = root.fields('runs');
  const using = runs.text('using') ?? '';
  const required = using === '' ? 'using' : (REQUIRED.get(using) ?? 'main');
  if (!runs.has(required)) {
    const [missing, at] = root.has('runs') ? [required, runs.at] : ['runs', root.at];
    runs.reading.mistakes.push(invalid(`\`${missing}\` is missing`, at, `Add \`${missing}:\` to this mapping.`));
  }
  if (using === 'composite') {
    return { kind: 'composite', steps: stepsOf(runs.token('steps'), runs.reading, []), outputs: valuesOf(outputs) };
  }
  if (using === 'docker') return dockerOf(runs);
  if (using !== '' && !/^node\d{1,2}$/.test(using)) {
    const hint = 'Actions run as `composite`, `docker` or `node24` (also `node20`).';
    runs.reading.mistakes.push(invalid(`\`${using}\` runs no action`, runs.place('using'), hint));
  }
  return {
    kind: 'node',
    using,
    main: runs.text('main') ?? '',
    ...optional('pre', runs.text('pre')),
    ...optional('post', runs.text('post')),
    ...conditionsOf(runs),
  };
}

function dockerOf(runs: Fields): Action['runs'] {
  return {
    kind: 'docker',
    image: runs.text('image') ?? '',
    ...optional('entrypoint', runs.text('entrypoint')),
    ...optional('preEntrypoint', runs.text('pre-entrypoint')),
    ...optional('postEntrypoint', runs.text('post-entrypoint')),
    ...conditionsOf(runs),
    args: runs.templates('args'),
    env: runs.map('env'),
  };
}

function conditionsOf(runs: Fields): { readonly preIf?: Condition; readonly postIf?: Condition } {
  const [pre, post] = [runs.token('pre-if'), runs.token('post-if')];
  const { readerContext: allowed } = runs.reading.language.schema.getDefinition('runs-if');
  const rules = { guarded: false, allowed };
  return {
    ...(pre === undefined ? {} : { preIf: conditionOf(pre, runs.reading, rules) }),
    ...(post === undefined ? {} : { postIf: conditionOf(post, runs.reading, rules) }),
  };
}

const valuesOf = (outputs: Fields): TemplateMap =>
  outputs.entries().flatMap(({ key, value }) => {
    const template = new Fields(value, outputs.reading).template('value');
    return template === undefined ? [] : [{ key, value: template }];
  });
