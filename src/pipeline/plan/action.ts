import { type FilePosition, SluiceError } from '#core/error.ts';
import { type ActionReference, BUILTIN_ACTIONS, isPinned, parseReference } from '../action/reference.ts';
import { literalOf } from '../expression/node.ts';
import type { Action, UsesStep } from '../workflow/model.ts';
import type { StepPlace } from './place.ts';
import type { Origin } from './ports.ts';
import type { ActionUse } from './schema.ts';
import { shellTrouble } from './shell.ts';

/** An action within an action within …: the platform's bound. */
const MAX_DEPTH = 10;

export interface InspectedAction {
  readonly use: ActionUse;
  /** Secrets that its inputs take by default. */
  readonly secrets: readonly string[];
}

interface Inspection {
  readonly place: StepPlace;
  readonly at: FilePosition;
  /** The actions that lead here, from the step on. */
  readonly chain: readonly string[];
  /** What was looked at for this step: actions that use each other many times over are looked at once. */
  readonly seen: Set<string>;
}

/** What a `uses` is, whether it can run here, and why not. */
export async function inspectAction(step: UsesStep, place: StepPlace): Promise<InspectedAction> {
  const at = step.usesAt ?? step.at;
  const reference = referenceOf(step.uses);
  if (reference === undefined) {
    place.findings.blocks(
      'action-unknown',
      at,
      `\`${step.uses}\` names no action`,
      'Write `owner/repository@commit` or `./folder`.',
    );
    return { use: { uses: step.uses, kind: 'remote', runs: 'unknown' }, secrets: [] };
  }
  const action = await inspect(reference, step.uses, place.origin, { place, at, chain: [], seen: new Set() });
  const names = new Set(step.with.map(({ key }) => key.toLowerCase()));
  const defaults = (action?.inputs ?? []).filter(({ name }) => !names.has(name.toLowerCase()));
  return {
    use: {
      uses: step.uses,
      kind: kindOf(reference),
      ...(reference.kind === 'remote' && isPinned(reference.ref) ? { commit: reference.ref } : {}),
      runs: reference.kind === 'image' ? 'docker' : (action?.runs.kind ?? 'unknown'),
    },
    secrets: defaults.flatMap((input) => input.default?.secrets ?? []),
  };
}

/** `$/path` is a path of the repository that the file itself lies in. */
const referenceOf = (uses: string): ActionReference | undefined =>
  parseReference(uses.startsWith('$/') ? `.${uses.slice(1)}` : uses);

const isBuiltIn = (reference: ActionReference): boolean =>
  reference.kind === 'builtin' ||
  (reference.kind === 'remote' &&
    BUILTIN_ACTIONS.has([reference.repository, reference.path].filter(Boolean).join('/').toLowerCase()));

function kindOf(reference: ActionReference): ActionUse['kind'] {
  if (isBuiltIn(reference)) return 'built-in';
  return reference.kind === 'builtin' ? 'built-in' : reference.kind;
}

async function inspect(
  reference: ActionReference,
  uses: string,
  origin: Origin,
  inspection: Inspection,
): Promise<Action | undefined> {
  const { place, at, chain, seen } = inspection;
  const { findings, ports } = place;
  if (isBuiltIn(reference)) return undefined;
  if (reference.kind === 'image') {
    checkImage(uses, uses, place, at);
    return undefined;
  }
  if (reference.kind === 'remote' && !isPinned(reference.ref)) {
    const hint = 'Write the whole id of a commit (40 characters): a tag or branch can be moved to other code.';
    findings.blocks('action-not-pinned', at, `\`${uses}\` is not pinned to a commit`, hint);
    return undefined;
  }
  const key = JSON.stringify([reference, reference.kind === 'local' ? origin : {}]);
  if (chain.includes(key) || chain.length > MAX_DEPTH) {
    const why = chain.includes(key) ? 'uses itself' : `is an action within ${MAX_DEPTH} others`;
    findings.blocks('action-too-deep', at, `\`${uses}\` ${why}`, 'Let the step use the last of them directly.');
    return undefined;
  }
  if (seen.has(key)) return undefined;
  seen.add(key);
  try {
    const lookup = await ports.action(reference, origin, at);
    if (!lookup.found) {
      const report = reference.kind === 'local' ? 'degrades' : 'blocks';
      findings[report](lookup.code, at, lookup.reason, lookup.hint);
      return undefined;
    }
    await inspectRuns(lookup.value, uses, lookup.origin, { ...inspection, chain: [...chain, key] });
    return lookup.value;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    findings.blocks('action-invalid', at, `\`${uses}\` cannot be read: ${where(error)}${error.message}`, error.hint);
    return undefined;
  }
}

const where = ({ at }: SluiceError): string => (at === undefined ? '' : `${at.file}:${at.line ?? 1}: `);

async function inspectRuns({ runs }: Action, uses: string, origin: Origin, inspection: Inspection): Promise<void> {
  const { place, at } = inspection;
  if (runs.kind === 'docker') checkImage(runs.image, uses, place, at);
  if (runs.kind === 'node' && !place.ports.machine.has('node')) {
    place.findings.blocks('program-unavailable', at, `\`${uses}\` needs node, which is not installed here`);
  }
  if (runs.kind !== 'composite') return;
  for (const step of runs.steps) {
    if (step.kind === 'run') {
      const shell = step.shell === undefined ? undefined : literalOf(step.shell);
      const trouble = typeof shell === 'string' ? shellTrouble(shell.trim(), place.ports.machine) : undefined;
      if (trouble !== undefined) {
        place.findings.blocks('shell-unavailable', at, `\`${uses}\`: ${trouble.message}`, trouble.hint);
      }
      continue;
    }
    const reference = referenceOf(step.uses);
    if (reference === undefined) continue;
    // A path of an action's step is a path of the workspace, unless it says that it means the action's own repository.
    const from = reference.kind === 'local' && !step.uses.startsWith('$/') ? {} : origin;
    await inspect(reference, step.uses, from, inspection);
  }
}

function checkImage(image: string, uses: string, { ports, findings }: StepPlace, at: FilePosition): void {
  const name = image.replace(/^docker:\/\//, '');
  if (name === image) {
    const hint = 'Use its published image: `docker://IMAGE`, with the image in `actions.images` of sluice.yaml.';
    findings.blocks(
      'container-unavailable',
      at,
      `\`${uses}\` is built from a Dockerfile, and nothing here builds one`,
      hint,
    );
  } else if (!ports.machine.hasImage(name)) {
    const hint = 'Name it in `actions.images` of sluice.yaml.';
    findings.blocks('container-unavailable', at, `\`${uses}\` runs in the image \`${name}\`, which is not here`, hint);
  }
}
