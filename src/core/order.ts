/** By code unit, so that the order is the same in every locale. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
