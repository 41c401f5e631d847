import { readFileSync } from 'node:fs';

/** Children of a process, by the host's numbers, in the order in which they were started. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

/**
 * The nearest process below `ancestor` that has the number `inner` in the innermost of its process namespaces, of which it is in
 * `levels` more than `ancestor` or deeper: 1 is what began the namespace, 2 what is started in it first.
 */
export function descendant(ancestor: number, inner: number, levels: number, depth = 7): number | undefined {
  const outside = numbersOf(ancestor).length;
  let level = [ancestor];
  for (let step = 0; step < depth && level.length > 0; step++) {
    level = level.flatMap(childrenOf);
    const found = level.find((pid) => {
      const numbers = numbersOf(pid);
      return numbers.length >= outside + levels && numbers.at(-1) === inner;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The numbers of a process in each namespace that it is in, ours first (NSpid of proc(5)). */
function numbersOf(pid: number): number[] {
  try {
    const line = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '';
    return line.split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/**
 * The group that a process belongs to, by the host's numbers, where the group is of an inner process namespace as well: so that
 * a signal to it never reaches a process of ours.
 */
export function innerGroupOf(pid: number): number | undefined {
  try {
    // Behind the name, which is in brackets and may hold anything: state, parent, group.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const group = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2]);
    return numbersOf(group).length > numbersOf(process.pid).length ? group : undefined;
  } catch {
    return undefined;
  }
}
