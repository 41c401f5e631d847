import { containerOf, servicesOf } from './containers.ts';
import { Fields, listOf, optional, textOf } from './mapping.ts';
import { invalid } from './mistakes.ts';
import type { CallJob, Concurrency, Defaults, Job, StepsJob, UnsupportedKey } from './model.ts';
import { permissionsOf } from './permissions.ts';
import { checkId, stepsOf } from './steps.ts';
import { conditionOf, literalTemplate, placeOfToken, succeeded, templateOf } from './template.ts';

export function jobsOf(jobs: Fields, unsupported: UnsupportedKey[]): readonly Job[] {
  if (jobs.entries().length === 0) {
    jobs.reading.mistakes.push(invalid('the workflow has no jobs', jobs.at, 'Write at least one job.'));
  }
  return jobs.entries().map(({ key, keyToken, value }) => {
    const fields = new Fields(value, jobs.reading);
    checkId(key, 'job', new Fields(keyToken, jobs.reading));
    const at = placeOfToken(keyToken, jobs.reading);
    const found: UnsupportedKey[] = [];
    const job = fields.has('uses') ? callJob(key, at, fields) : stepsJob(key, at, fields, found);
    for (const name of ['snapshot', 'cancel-timeout-minutes']) {
      if (fields.has(name)) found.push({ key: name, at: fields.placeOfKey(name) });
    }
    found.push(...unsupportedWithin(fields));
    unsupported.push(...found.map((one) => ({ ...one, job: key })));
    return job;
  });
}

/** Keys below a key of a job. */
function unsupportedWithin(job: Fields): UnsupportedKey[] {
  const found: UnsupportedKey[] = [];
  for (const { value } of job.fields('services').entries()) {
    const service = new Fields(value, job.reading);
    for (const key of ['entrypoint', 'command']) {
      if (service.has(key)) found.push({ key: `services.${key}`, at: service.placeOfKey(key) });
    }
  }
  if (job.fields('concurrency').has('queue')) {
    found.push({ key: 'concurrency.queue', at: job.fields('concurrency').placeOfKey('queue') });
  }
  if (job.fields('services').short?.isExpression === true) found.push({ key: 'services', at: job.place('services') });
  return found;
}

function stepsJob(id: string, at: Job['at'], fields: Fields, unsupported: UnsupportedKey[]): StepsJob {
  const steps = stepsOf(fields.token('steps'), fields.reading, unsupported);
  if (steps.length === 0 && unsupported.length === 0) {
    fields.reading.mistakes.push(
      invalid(`job \`${id}\` has no steps`, at, 'A job needs `steps`, or `uses` of another workflow.'),
    );
  }
  return {
    kind: 'steps',
    id,
    ...commonOf(fields),
    at,
    runsOn: fields.template('runs-on') ?? literalTemplate('', at),
    ...optional('environment', environmentOf(fields)),
    env: fields.map('env'),
    defaults: defaultsOf(fields),
    outputs: fields.map('outputs'),
    ...optional('continueOnError', fields.template('continue-on-error')),
    ...optional('timeoutMinutes', fields.template('timeout-minutes')),
    ...optional('container', containerOf(fields)),
    services: servicesOf(fields),
    steps,
  };
}

const CALLED =
  /^(?:\.\/|\$\/)\S{1,1000}\.ya?ml$|^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}\/)[\w.-]{1,100}\/[^@\s]{1,1000}\.ya?ml@\S{1,255}$/;

function callJob(id: string, at: Job['at'], fields: Fields): CallJob {
  const uses = fields.text('uses') ?? '';
  const usesAt = fields.place('uses');
  if (!CALLED.test(uses)) {
    const hint = 'Write `./.github/workflows/file.yml` or `owner/repository/.github/workflows/file.yml@commit`.';
    fields.reading.mistakes.push(invalid(`\`${uses.slice(0, 100)}\` names no workflow`, usesAt, hint));
  }
  const secrets = fields.fields('secrets');
  const inherit = secrets.short !== undefined && textOf(secrets.short, fields.reading) === 'inherit';
  return {
    kind: 'call',
    id,
    ...commonOf(fields),
    at,
    uses,
    usesAt,
    with: fields.map('with'),
    secrets: inherit ? 'inherit' : fields.map('secrets'),
  };
}

function commonOf(fields: Fields) {
  const needs = fields.token('needs');
  const condition = fields.token('if');
  const needed = needs === undefined ? [] : listOf(needs);
  return {
    ...optional('name', fields.template('name')),
    needs: needed.map((one) => textOf(one, fields.reading)),
    needsAt: needed.map((one) => placeOfToken(one, fields.reading)),
    if: condition === undefined ? succeeded(fields.at) : conditionOf(condition, fields.reading),
    strategy: strategyOf(fields),
    ...optional('permissions', permissionsOf(fields)),
    ...optional('concurrency', concurrencyOf(fields)),
  };
}

function strategyOf(fields: Fields): Job['strategy'] {
  const strategy = fields.fields('strategy');
  return {
    ...optional('matrix', strategy.template('matrix')),
    ...optional('failFast', strategy.template('fail-fast')),
    ...optional('maxParallel', strategy.template('max-parallel')),
  };
}

export function concurrencyOf(parent: Fields): Concurrency | undefined {
  const fields = parent.fields('concurrency');
  if (fields.short !== undefined) return { group: templateOf(fields.short, parent.reading) };
  const group = fields.template('group');
  return group === undefined
    ? undefined
    : { group, ...optional('cancelInProgress', fields.template('cancel-in-progress')) };
}

function environmentOf(job: Fields): StepsJob['environment'] {
  const fields = job.fields('environment');
  if (fields.short !== undefined) return { name: templateOf(fields.short, job.reading) };
  const name = fields.template('name');
  return name === undefined ? undefined : { name, ...optional('url', fields.template('url')) };
}

export function defaultsOf(parent: Fields): Defaults {
  const run = parent.fields('defaults').fields('run');
  return {
    ...optional('shell', run.template('shell')),
    ...optional('workingDirectory', run.template('working-directory')),
  };
}
