/** The least of DNS (RFC 1035) that refusing takes: reading the name that is asked for, and answering that it is refused. */

const HEADER = 12;
const LONGEST_NAME = 255;
const REFUSED = 5;

/** The name in the first question, lower-case, with anything but letters, digits, `-`, `_` and `.` as `?`; `undefined` for what is no question. */
export function askedName(message: Uint8Array): string | undefined {
  const labels: string[] = [];
  let at = HEADER;
  while (at < message.length && at - HEADER < LONGEST_NAME) {
    const length = message[at] ?? 0;
    if (length === 0) return labels.length === 0 ? undefined : labels.join('.');
    // A compressed name has no place in a question.
    if (length > 63 || at + 1 + length > message.length) return undefined;
    const label = Buffer.from(message.subarray(at + 1, at + 1 + length)).toString('latin1');
    labels.push(label.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '?'));
    at += 1 + length;
  }
  return undefined;
}

/** The question with the answer bit and REFUSED; `undefined` for what is itself an answer or too short. */
export function refusal(question: Uint8Array): Buffer | undefined {
  if (question.length < HEADER || ((question[2] ?? 0) & 0x80) !== 0) return undefined;
  const answer = Buffer.from(question);
  answer[2] = ((question[2] ?? 0) & 0x79) | 0x80;
  answer[3] = REFUSED;
  return answer;
}
