/** A growing list of 32-bit integers. */
export class IntList {
  items: Int32Array;
  length = 0;

  constructor(expected = 1024) {
    this.items = new Int32Array(Math.max(16, expected));
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      // By half only: while it is copied, a list of millions is held twice.
      const larger = new Int32Array(this.length + (this.length >> 1));
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length++] = value;
  }

  at(index: number): number {
    return this.items[index] as number;
  }

  /** Sets a value anywhere, with zeros up to it where the list was shorter. */
  set(index: number, value: number): void {
    while (this.length <= index) this.push(0);
    this.items[index] = value;
  }
}
