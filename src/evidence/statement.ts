import { z } from 'zod';
import { Refusal } from '#core/refusal.ts';
import { type Json, type JsonObject, STATEMENT_TYPE, type Statement, type Subject } from '#core/statement.ts';
import { canonicalJson, isObject, parseJson } from './json.ts';
import { named } from './named.ts';

/** What the field called a statement before its version 1; read, never written. */
const STATEMENT_TYPE_V0 = 'https://in-toto.io/Statement/v0.1';
/** The media type of an in-toto statement in an envelope. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const MOST_SUBJECTS = 10_000;
const MOST_TEXT = 4_096;

/** Hexadecimal digests by algorithm; the lengths of the common ones are held to. */
const digestSchema = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/), z.string().regex(/^(?:[0-9a-f]{2}){16,64}$/))
  .refine((digest) => Object.keys(digest).length > 0, 'at least one digest')
  .refine(({ sha256 }) => sha256 === undefined || sha256.length === 64, 'a sha256 has 64 digits');

export const text = z.string().min(1).max(MOST_TEXT);
/** RFC 3339, in UTC. */
export const timestamp = z.iso.datetime();

const jsonObject = z.custom<JsonObject>((value) => isObject(value as Json), 'an object');

/** in-toto ResourceDescriptor v1: it must say where the thing is, or what it is by digest. */
export const resourceSchema = z
  .looseObject({
    name: text.optional(),
    uri: text.optional(),
    digest: digestSchema.optional(),
    mediaType: text.optional(),
    downloadLocation: text.optional(),
    annotations: jsonObject.optional(),
  })
  .refine((resource) => resource.uri !== undefined || resource.digest !== undefined || 'content' in resource, {
    message: 'a uri, a digest or its content',
  });

const subjectSchema = z.looseObject({ name: z.string().max(MOST_TEXT).default(''), digest: digestSchema });

const statementSchema = z.looseObject({
  _type: z.enum([STATEMENT_TYPE, STATEMENT_TYPE_V0]),
  subject: z.array(subjectSchema).min(1).max(MOST_SUBJECTS),
  predicateType: text,
  predicate: jsonObject.default({}),
});

/**
 * Builds a statement: the only way one is made, so that what is wrong with it is found before it is signed.
 *
 * @throws TypeError when a subject has no digest or a digest is not lower-case hexadecimal: a defect of the caller.
 */
export function createStatement(subject: readonly Subject[], predicateType: string, predicate: JsonObject): Statement {
  const checked = statementSchema.safeParse({ _type: STATEMENT_TYPE, subject, predicateType, predicate });
  if (!checked.success) throw new TypeError(`not a statement: ${whyNot(checked.error)}`);
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

/** The bytes of a statement that are signed: canonical JSON. */
export const statementBytes = (statement: Statement): Buffer =>
  Buffer.from(canonicalJson(statement as unknown as JsonObject), 'utf8');

/**
 * Reads the payload of an envelope. Statements of version 0.1 have the same shape and are given back as version 1.
 *
 * @throws Refusal `json-invalid`, `statement-invalid`
 */
export function parseStatement(payload: Uint8Array): Statement {
  const checked = statementSchema.safeParse(parseJson(payload, 'the statement'));
  if (!checked.success) throw new Refusal('statement-invalid', `not an in-toto statement: ${whyNot(checked.error)}`);
  const { subject, predicateType, predicate } = checked.data;
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

/**
 * Checks a predicate that we write or count.
 *
 * @throws Refusal `predicate-invalid`
 */
export function parsePredicate<S extends z.ZodType>(schema: S, statement: Statement): z.output<S> {
  const checked = schema.safeParse(statement.predicate);
  if (checked.success) return checked.data;
  const type = named(statement.predicateType);
  throw new Refusal('predicate-invalid', `not a predicate of ${type}: ${whyNot(checked.error)}`);
}

/** The first thing that is wrong, with the path to it; never the value. */
export function whyNot(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'unknown';
  const path = named(issue.path.map(String).join('.'));
  return path === '' ? named(issue.message) : `${path}: ${named(issue.message)}`;
}

/** Whether two digests name the same thing: they share an algorithm, and agree on every one that they share. */
export function sameDigest(a: Subject['digest'], b: Subject['digest']): boolean {
  const shared = Object.keys(a).filter((algorithm) => Object.hasOwn(b, algorithm));
  return shared.length > 0 && shared.every((algorithm) => a[algorithm] === b[algorithm]);
}
