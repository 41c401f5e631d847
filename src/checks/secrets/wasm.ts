/** Of WebAssembly's interface for JavaScript what we use; the types of Node leave it to those of browsers. */
interface WebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly;

/** Memory as a program in WebAssembly has it; what shows it (`buffer`) is of no use after it has grown. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;

/**
 * A program of our own, from base64, with its memory grown to hold `size` bytes. No check reads files, so programs travel as
 * text in modules, and small ones at that: this compiles them at once.
 */
export function instantiate<Exports extends { readonly memory: Memory }>(base64: string, size: number): Exports {
  const exports = new Instance(new Module(Buffer.from(base64, 'base64'))).exports as Exports;
  const missing = size - exports.memory.buffer.byteLength;
  if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
  return exports;
}
