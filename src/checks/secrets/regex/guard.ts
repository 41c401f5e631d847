import type { Node } from './syntax.ts';

export interface BlowUp {
  readonly message: string;
  readonly hint: string;
}

/** Finds what makes a pattern take exponential time; `undefined`: nothing does. */
export function findBlowUp(_tree: Node): BlowUp | undefined {
  return undefined;
}
