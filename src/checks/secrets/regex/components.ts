/**
 * Strongly connected components (Tarjan, 1972), without recursion so that no pattern can exhaust the stack. The result
 * holds each node's component number; nodes of one number reach each other.
 */
export function components(size: number, edges: (node: number) => Iterable<number>): Int32Array {
  const component = new Int32Array(size).fill(-1);
  const index = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const open: number[] = [];
  let counter = 0;
  let found = 0;
  for (let root = 0; root < size; root++) {
    if (index[root] !== -1) continue;
    const work = [{ node: root, next: edges(root)[Symbol.iterator]() }];
    index[root] = counter;
    low[root] = counter++;
    open.push(root);
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { node } = frame;
      const step = frame.next.next();
      if (step.done !== true) {
        const to = step.value;
        if (index[to] === -1) {
          index[to] = counter;
          low[to] = counter++;
          open.push(to);
          work.push({ node: to, next: edges(to)[Symbol.iterator]() });
        } else if (component[to] === -1) low[node] = Math.min(low[node] as number, index[to] as number);
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number);
      if (low[node] !== index[node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = found;
        if (member === node) break;
      }
      found += 1;
    }
  }
  return component;
}
