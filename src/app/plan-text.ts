import type {
  Obstacle,
  Plan,
  PlannedJob,
  PlannedStep,
  PlannedWorkflow,
  PlanReport,
  StoreUse,
} from '#pipeline/plan/schema.ts';
import type { RenderOptions } from '#report/options.ts';
import { bullet, field, heading, type Layout, layoutFor } from '#report/text-layout.ts';
import { visible } from '#report/visible.ts';

/** A plan for people: the jobs in the order in which they can run, what each would get, and what cannot run and why. */
export function renderPlans({ plans, invalid }: PlanReport, options: RenderOptions): string {
  const layout = layoutFor(options);
  const sections = [
    ...plans.map((plan) => planLines(plan, layout)),
    ...invalid.map(({ file, mistakes }) => [
      heading(file, layout),
      '',
      ...mistakes.flatMap((mistake) =>
        mistakeLines(layout.symbols.cross, mistake.at, mistake.message, mistake.hint, layout),
      ),
    ]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n\n${summary({ plans, invalid }, layout)}\n`;
}

type Report = Pick<PlanReport, 'plans' | 'invalid'>;

function summary({ plans, invalid }: Report, { paint, symbols }: Layout): string {
  const jobs = plans.reduce((sum, { totals }) => sum + totals.jobs, 0);
  const blocked = plans.filter(({ runnable }) => !runnable).length;
  const parts = [
    `${counted(plans.length, 'workflow')} with ${counted(jobs, 'job')}`,
    blocked === 0 ? 'all of it can run here' : `${blocked} cannot run whole`,
    ...(invalid.length === 0 ? [] : [`${counted(invalid.length, 'file')} with mistakes`]),
  ];
  const good = blocked === 0 && invalid.length === 0;
  return `${paint(good ? 'good' : 'bad', good ? symbols.tick : symbols.cross)} ${parts.join('; ')}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function planLines(plan: Plan, layout: Layout): string[] {
  const { paint, symbols } = layout;
  const { workflow, starts, reason, event, obstacles, withheld } = plan;
  const title = workflow.name === workflow.file ? workflow.file : `${workflow.name}  ${workflow.file}`;
  const trust = event.trusted ? '' : '; the code is not trusted, so it gets no secrets and may only read';
  return [
    heading(title, layout),
    ...bullet(starts ? paint('good', symbols.tick) : paint('warning', symbols.warning), `${reason}${trust}`, layout),
    ...(plan.concurrency === undefined ? [] : field('group', [plan.concurrency], layout)),
    ...(withheld.length === 0 ? [] : field('withheld', [withheld.join(', ')], layout)),
    ...workflowLines(workflow, '', layout),
    ...obstacleLines(obstacles, layout),
  ];
}

/** Jobs by layers, so that a job stands below all that it needs. */
function workflowLines({ layers, jobs }: PlannedWorkflow, indent: string, layout: Layout): string[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return layers.flat().flatMap((id) => {
    const job = byId.get(id);
    return job === undefined ? [] : ['', ...jobLines(job, indent, layout)];
  });
}

function jobLines(job: PlannedJob, indent: string, layout: Layout): string[] {
  const { paint, symbols } = layout;
  const needs = job.needs.length === 0 ? '' : paint('quiet', `  after ${job.needs.map(visible).join(', ')}`);
  const state = job.decision === 'runs' ? symbols.marker : job.decision === 'skipped' ? symbols.cross : '?';
  const name = job.name === job.id ? '' : `  ${visible(job.name)}`;
  const lines = [`${indent}${state} ${paint('strong', visible(job.id))}${name}${needs}`];
  const add = (label: string, text: string): void => {
    if (text !== '') lines.push(...field(label, [text], layout).map((line) => indent + line));
  };
  if (job.decision !== 'runs')
    add('if', `${job.condition ?? 'success()'}${job.decision === 'skipped' ? ': it is skipped' : ''}`);
  add('jobs', matrixText(job));
  if (job.kind === 'steps') {
    add('runs on', job.runsOn);
    add(
      'inside',
      job.containers.map(({ name: role, image }) => (role === 'job' ? image : `${role}: ${image}`)).join(', '),
    );
    add('deploys', job.environment ?? '');
  } else add('calls', job.uses);
  add(
    'may',
    Object.entries(job.permissions)
      .map(([scope, access]) => `${access} ${scope}`)
      .join(', ') || 'nothing',
  );
  add('secrets', job.secrets.join(', '));
  if (job.kind === 'call') {
    return job.workflow === undefined ? lines : [...lines, ...workflowLines(job.workflow, `${indent}    `, layout)];
  }
  add('network', job.network.join(', ') || 'closed');
  return [...lines, ...job.steps.flatMap((step, index) => stepLines(step, index, indent, layout))];
}

const MOST_SHOWN = 12;

function matrixText({ matrix, maxParallel }: PlannedJob): string {
  const bound = maxParallel === undefined ? '' : `, ${maxParallel} at a time`;
  if (matrix.kind === 'none') return '';
  if (matrix.kind === 'run-time') return `decided at run time, since ${matrix.reason}${bound}`;
  const names = matrix.combinations.map(({ name }) => name);
  const shown =
    names.length > MOST_SHOWN ? [...names.slice(0, MOST_SHOWN), `${names.length - MOST_SHOWN} more`] : names;
  return `${names.length}${bound}: ${shown.join(' · ')}`;
}

function stepLines(
  { name, action, secrets, stores }: PlannedStep,
  index: number,
  indent: string,
  layout: Layout,
): string[] {
  const notes = [
    ...(action === undefined || name === `Run ${action.uses}` ? [] : [action.uses]),
    ...(secrets.length === 0 ? [] : [`gets ${secrets.join(', ')}`]),
    ...stores.map(storeText),
  ];
  const text = `${name}${notes.length === 0 ? '' : `  (${notes.join('; ')})`}`;
  return bullet(layout.paint('quiet', String(index + 1).padStart(2)), text, layout, `${indent}  `);
}

const DIRECTION = { read: 'reads', write: 'writes', both: 'reads and writes' } as const;
const storeText = ({ kind, direction, name }: StoreUse): string => `${DIRECTION[direction]} ${kind} ${name}`;

function obstacleLines(obstacles: readonly Obstacle[], layout: Layout): string[] {
  const blocking = obstacles.filter(({ severity }) => severity === 'blocks');
  const others = obstacles.filter(({ severity }) => severity === 'degrades');
  const { paint, symbols } = layout;
  const lines = (title: string, sign: string, list: readonly Obstacle[]): string[] =>
    list.length === 0 ? [] : ['', paint('strong', title), ...list.flatMap((one) => obstacleText(sign, one, layout))];
  return [
    ...lines('Cannot run here', paint('bad', symbols.cross), blocking),
    ...lines('Runs, but not as on the platform', paint('warning', symbols.warning), others),
  ];
}

function obstacleText(
  sign: string,
  { at, job, step, combinations, message, hint }: Obstacle,
  layout: Layout,
): string[] {
  const only =
    combinations === undefined
      ? ''
      : ` (only ${combinations.slice(0, 3).join(', ')}${combinations.length > 3 ? ' …' : ''})`;
  const where = step === undefined ? job : `${job}, step ${step}`;
  return mistakeLines(sign, at, `${where}: ${message}${only}`, hint, layout);
}

type Place = Partial<Obstacle['at']>;

function mistakeLines(
  sign: string,
  at: Place | undefined,
  message: string,
  hint: string | undefined,
  layout: Layout,
): string[] {
  const place = at === undefined ? '' : [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  return [
    ...bullet(sign, place === '' ? message : `${place} ${message}`, layout),
    ...(hint === undefined ? [] : bullet(' ', hint, layout, '  ')),
  ];
}
