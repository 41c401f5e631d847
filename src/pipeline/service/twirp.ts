import type { ServiceAnswer } from '#core/service.ts';

/** A refusal in the words of Twirp (https://twitchtv.github.io/twirp/docs/spec_v7.html). */
export class TwirpError extends Error {
  override readonly name = 'TwirpError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Fields = Readonly<Record<string, unknown>>;
export type TwirpMethod = (fields: Fields) => Promise<Fields> | Fields;

/** A field by its protobuf name; clients may also write it in camel case. Wrapped values are plain text or `{ value }`. */
export function textField(fields: Fields, name: string): string | undefined {
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const value = fields[name] ?? fields[camel];
  const plain = typeof value === 'object' && value !== null ? (value as Fields)['value'] : value;
  return typeof plain === 'string' ? plain : typeof plain === 'number' ? String(plain) : undefined;
}

export function requiredField(fields: Fields, name: string): string {
  const value = textField(fields, name);
  if (value === undefined || value === '') throw new TwirpError(400, 'invalid_argument', `${name} is missing`);
  return value;
}

export function listField(fields: Fields, name: string): string[] {
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const value = fields[name] ?? fields[camel];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export const json = (status: number, value: unknown): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
