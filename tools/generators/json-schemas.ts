import { z } from 'zod';
import type { GeneratedFile } from './generated-file.ts';

/** A published JSON Schema: the file name is part of the contract, editors and consumers refer to it. */
export interface PublishedSchema {
  readonly name: string;
  readonly title: string;
  readonly schema: z.ZodType;
}

/**
 * The schema as its readers need it: what has a default may be left out, and only objects that are strict in the code refuse keys
 * they do not know, so that a later version may add some.
 */
export const jsonSchema = ({ name, title, schema }: PublishedSchema): GeneratedFile => ({
  path: `schemas/${name}.schema.json`,
  render: async () => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
    return `${JSON.stringify({ $schema, $id: `urn:sluice:${name}`, title, ...rest }, null, 2)}\n`;
  },
});
