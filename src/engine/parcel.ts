import type { ArtifactRef, Content } from '#core/artifact.ts';
import type { Task } from './protocol.ts';

/** Tasks on their way to a worker: contents that are in memory lie end to end in one buffer, which is moved, not copied. */
export interface Job {
  readonly tasks: readonly Task[];
  /** Where in `memory` the content of each task ends; unused for files. */
  readonly ends: readonly number[];
  readonly memory: ArrayBuffer;
}

/**
 * Makes tasks ready to send. Sending a slice of a buffer would clone the whole buffer behind it (all of a pack, or the
 * pool that small buffers share), so contents and byte names are copied out first.
 */
export function pack(tasks: readonly Task[]): Job {
  const memory = new Uint8Array(tasks.reduce((sum, { ref }) => sum + memorySize(ref), 0));
  const ends: number[] = [];
  let at = 0;
  const packed = tasks.map((task): Task => {
    const { content } = task.ref;
    if (content.kind === 'memory') {
      memory.set(content.bytes, at);
      at += content.bytes.length;
    }
    ends.push(at);
    if (content.kind === 'memory') return withContent(task, { kind: 'memory', bytes: EMPTY });
    return typeof content.file === 'string' ? task : withContent(task, { kind: 'file', file: exact(content.file) });
  });
  return { tasks: packed, ends, memory: memory.buffer };
}

/** The tasks as they were packed. Contents are views of the one buffer. */
export const unpack = ({ tasks, ends, memory }: Job): Task[] =>
  tasks.map((task, index): Task => {
    const { content } = task.ref;
    if (content.kind === 'memory') {
      const start = ends[index - 1] ?? 0;
      return withContent(task, { kind: 'memory', bytes: Buffer.from(memory, start, (ends[index] ?? start) - start) });
    }
    // A Buffer arrives as a plain array of bytes.
    return typeof content.file === 'string'
      ? task
      : withContent(task, { kind: 'file', file: Buffer.from(content.file) });
  });

/** Bytes that a ref holds in memory, and in a parcel. */
export const memorySize = ({ content }: ArtifactRef): number => (content.kind === 'memory' ? content.bytes.length : 0);

const EMPTY = new Uint8Array(0);
const withContent = (task: Task, content: Content): Task => ({ ...task, ref: { ...task.ref, content } });
const exact = (buffer: Buffer): Buffer => Buffer.from(Uint8Array.from(buffer).buffer);
