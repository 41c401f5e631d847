import { SluiceError } from '#core/error.ts';
import { Secret } from '#core/secret.ts';
import { EXIT_INTERRUPTED } from '#core/verdict.ts';

const MAX_INPUT = 1_000_000;

/** All of standard input, without the line break at its end that a shell puts there. */
export async function readSecret(input: NodeJS.ReadStream = process.stdin): Promise<Secret> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_INPUT) throw new SluiceError('secret-too-large', 'the value is too large to be a secret');
  }
  const text = Buffer.concat(chunks).toString('utf8');
  for (const chunk of chunks) chunk.fill(0);
  return new Secret(text.replace(/\r?\n$/, ''));
}

const [ENTER, RETURN, END, INTERRUPT, DELETE, BACKSPACE] = ['\n', '\r', '\u0004', '\u0003', '\u007f', '\b'];

/** Asks a person at the terminal, and shows nothing of what is typed. */
export async function askHidden(question: string): Promise<Secret> {
  const input = process.stdin;
  process.stderr.write(question);
  input.setRawMode(true);
  input.resume();
  try {
    return new Secret(await typed(input));
  } finally {
    input.setRawMode(false);
    input.pause();
    process.stderr.write('\n');
  }
}

function typed(input: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve) => {
    let value = '';
    const read = (chunk: Buffer): void => {
      for (const character of chunk.toString('utf8')) {
        if (character === ENTER || character === RETURN || character === END) {
          input.off('data', read);
          resolve(value);
          return;
        }
        if (character === INTERRUPT) {
          input.setRawMode(false);
          process.exit(EXIT_INTERRUPTED);
        }
        if (character === DELETE || character === BACKSPACE) value = [...value].slice(0, -1).join('');
        else value += character;
      }
    };
    input.on('data', read);
  });
}

/** Whether somebody sits at a terminal to be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;
