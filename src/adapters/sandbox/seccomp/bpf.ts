/**
 * Classic BPF, as the kernel's seccomp takes it: an array of eight-byte instructions (struct sock_filter: code u16, jump
 * if true u8, jump if false u8, operand u32), in the byte order of the machine. Both machines we know are little-endian.
 */
export interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly operand: number;
}

const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_OR_EQUAL = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

const plainly = (code: number, operand: number): Instruction => ({ code, whenTrue: 0, whenFalse: 0, operand });

/** Loads a word of struct seccomp_data: 0 the call, 4 the architecture, 16 + 8 n the low half of argument n. */
export const load = (offset: number): Instruction => plainly(LOAD_WORD, offset);
export const give = (action: number): Instruction => plainly(RETURN, action >>> 0);

/** A comparison that skips `skip` instructions where it does not hold, and goes on to the next where it does. */
export const unlessEqual = (operand: number, skip: number): Instruction => jump(JUMP_EQUAL, operand, skip);
export const unlessAtLeast = (operand: number, skip: number): Instruction => jump(JUMP_GREATER_OR_EQUAL, operand, skip);
export const unlessAnyBit = (operand: number, skip: number): Instruction => jump(JUMP_ANY_BIT, operand, skip);

/** Skips `skip` instructions where the loaded word equals `operand`. */
export const ifEqual = (operand: number, skip: number): Instruction => ({
  code: JUMP_EQUAL,
  whenTrue: skip,
  whenFalse: 0,
  operand: operand >>> 0,
});

function jump(code: number, operand: number, skip: number): Instruction {
  if (skip > 255) throw new RangeError('a jump of BPF reaches 255 instructions at most');
  return { code, whenTrue: 0, whenFalse: skip, operand: operand >>> 0 };
}

/** The most that the kernel takes (BPF_MAXINSNS). */
const MOST = 4_096;

export function assemble(program: readonly Instruction[]): Buffer {
  if (program.length > MOST) throw new RangeError('a filter of seccomp has 4096 instructions at most');
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, whenTrue, whenFalse, operand }, index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(whenTrue, index * 8 + 2);
    bytes.writeUInt8(whenFalse, index * 8 + 3);
    bytes.writeUInt32LE(operand, index * 8 + 4);
  });
  return bytes;
}
