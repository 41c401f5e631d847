import { alternatives } from '../workflow/expectation.ts';
import type { Trigger, Workflow } from '../workflow/model.ts';
import { takenBy } from './pattern.ts';

/** What happened, as far as the filters of triggers ask. */
export interface HappenedEvent {
  readonly name: string;
  /** The whole ref: `refs/heads/main`. For pull requests the ref of the branch that they go to. */
  readonly ref: string;
  /** The activity (`opened`, `created`); the event's usual one when it is not known. */
  readonly type?: string;
  /** Paths that were changed; when it is not known, filters of paths let everything through. */
  readonly paths?: readonly string[];
}

export interface TriggerAnswer {
  readonly starts: boolean;
  /** Why, or why not, as a sentence without its full stop. */
  readonly reason: string;
}

/** What a pull request must do to start a workflow that does not name types. */
const PULL_REQUEST_TYPES = ['opened', 'synchronize', 'reopened'];

/** Whether an event starts a workflow. */
export function startedBy({ triggers }: Workflow, event: HappenedEvent): TriggerAnswer {
  const trigger = triggers.find((one) => one.event === event.name);
  if (trigger === undefined) {
    const known = alternatives(triggers.map((one) => one.event));
    return no(`it is not started by \`${event.name}\`, but by ${known || 'nothing'}`);
  }
  return typeAnswer(trigger, event) ?? refAnswer(trigger, event) ?? pathAnswer(trigger, event) ?? yes(event.name);
}

const no = (reason: string): TriggerAnswer => ({ starts: false, reason });
const yes = (name: string): TriggerAnswer => ({ starts: true, reason: `it is started by \`${name}\`` });

function typeAnswer({ event: name, types }: Trigger, { type }: HappenedEvent): TriggerAnswer | undefined {
  const asked = types ?? (name.startsWith('pull_request') && !name.includes('review') ? PULL_REQUEST_TYPES : undefined);
  if (type === undefined || asked === undefined || asked.includes(type)) return undefined;
  return no(`the activity \`${type}\` is none of ${alternatives(asked)}`);
}

function refAnswer(trigger: Trigger, { name, ref }: HappenedEvent): TriggerAnswer | undefined {
  const { branches, branchesIgnore, tags, tagsIgnore } = trigger;
  const ofBranches = branches !== undefined || branchesIgnore !== undefined;
  const ofTags = tags !== undefined || tagsIgnore !== undefined;
  if (!(ofBranches || ofTags)) return undefined;
  if (ref.startsWith('refs/tags/')) {
    return ofTags ? filtered('tag', ref.slice(10), tags, tagsIgnore) : no('it names branches, so tags do not start it');
  }
  const branch = ref.replace(/^refs\/heads\//, '');
  if (ofBranches) return filtered('branch', branch, branches, branchesIgnore);
  return name === 'push' ? no('it names tags, so branches do not start it') : undefined;
}

function filtered(
  what: string,
  name: string,
  wanted: readonly string[] | undefined,
  ignored: readonly string[] | undefined,
): TriggerAnswer | undefined {
  if (wanted !== undefined && !takenBy(wanted, name)) return no(`the ${what} \`${name}\` matches none of its patterns`);
  if (ignored !== undefined && takenBy(ignored, name)) return no(`it ignores the ${what} \`${name}\``);
  return undefined;
}

function pathAnswer(
  { paths, pathsIgnore }: Trigger,
  { ref, paths: changed }: HappenedEvent,
): TriggerAnswer | undefined {
  // Filters of paths are not asked about tags.
  if (changed === undefined || ref.startsWith('refs/tags/')) return undefined;
  if (paths !== undefined && !changed.some((path) => takenBy(paths, path))) {
    return no('none of the changed files matches its `paths`');
  }
  if (pathsIgnore !== undefined && changed.every((path) => takenBy(pathsIgnore, path))) {
    return no('it ignores all of the changed files');
  }
  return undefined;
}
