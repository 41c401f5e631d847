import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { isCron } from './cron.ts';
import { Fields, listOf, optional, textOf } from './mapping.ts';
import { invalid, type Reading } from './mistakes.ts';
import type { Input, Trigger } from './model.ts';
import { placeOfToken } from './template.ts';

/** What starts the workflow, in the order of the file. */
export function triggersOf(token: TemplateToken | undefined, reading: Reading): readonly Trigger[] {
  if (token === undefined) return [];
  if (isMapping(token)) {
    const fields = new Fields(token, reading);
    return fields.entries().map(({ key, keyToken, value }) => triggerOf(key, keyToken, new Fields(value, reading)));
  }
  return listOf(token).map((one) => ({ event: textOf(one, reading), at: placeOfToken(one, reading) }));
}

const LISTS = [
  ['branches', 'branches'],
  ['branchesIgnore', 'branches-ignore'],
  ['tags', 'tags'],
  ['tagsIgnore', 'tags-ignore'],
  ['paths', 'paths'],
  ['pathsIgnore', 'paths-ignore'],
  ['types', 'types'],
  ['workflows', 'workflows'],
] as const;

function triggerOf(event: string, keyToken: TemplateToken, fields: Fields): Trigger {
  const { reading } = fields;
  const lists = Object.assign({}, ...LISTS.map(([name, key]) => optional(name, fields.texts(key)))) as Partial<Trigger>;
  for (const name of ['branches', 'tags', 'paths'] as const) {
    if (!(fields.has(name) && fields.has(`${name}-ignore`))) continue;
    const hint = `Keep one: a pattern of \`${name}\` that starts with \`!\` leaves out as well.`;
    const message = `\`${name}\` and \`${name}-ignore\` cannot be used together`;
    reading.mistakes.push(invalid(message, fields.placeOfKey(`${name}-ignore`), hint));
  }
  const inputs =
    event === 'workflow_dispatch' || event === 'workflow_call' ? inputsOf(fields.fields('inputs')) : undefined;
  const cron = event === 'schedule' ? cronOf(fields.short, reading) : undefined;
  return {
    event,
    ...lists,
    ...optional('cron', cron),
    ...optional('inputs', inputs),
    at: placeOfToken(keyToken, reading),
  };
}

function cronOf(list: TemplateToken | undefined, reading: Reading): readonly string[] {
  if (list === undefined) return [];
  return listOf(list).flatMap((one) => {
    const entry = new Fields(one, reading);
    const cron = entry.text('cron');
    if (cron === undefined) return [];
    if (!isCron(cron)) {
      const hint = 'Five fields: minute, hour, day of the month, month, day of the week, as in `30 5 * * 1-5`.';
      reading.mistakes.push(invalid('this is no cron expression', entry.place('cron'), hint));
    }
    return [cron];
  });
}

const TYPES: readonly Input['type'][] = ['string', 'boolean', 'number', 'choice', 'environment'];

function inputsOf(inputs: Fields): readonly Input[] {
  return inputs.entries().map(({ key, keyToken, value }): Input => {
    const fields = new Fields(value, inputs.reading);
    const type = TYPES.find((one) => one === fields.text('type')) ?? 'string';
    const options = fields.texts('options') ?? [];
    const at = placeOfToken(keyToken, inputs.reading);
    if (type === 'choice' && options.length === 0) {
      inputs.reading.mistakes.push(invalid(`the choice \`${key}\` has no \`options\``, at, 'List what can be chosen.'));
    }
    return {
      name: key,
      type,
      required: fields.flag('required'),
      ...optional('default', fields.template('default')),
      options,
      ...optional('description', fields.text('description')),
      at,
    };
  });
}
