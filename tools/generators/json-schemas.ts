import { z } from 'zod';
import type { GeneratedFile } from './generated-file.ts';

/** A published JSON Schema: the file name is part of the contract, editors and consumers refer to it. */
export interface PublishedSchema {
  readonly name: string;
  readonly title: string;
  readonly schema: z.ZodType;
  /** `input`: what a person may write (defaults are optional). `output`: what we promise to write. */
  readonly side: 'input' | 'output';
}

export const jsonSchema = ({ name, title, schema, side }: PublishedSchema): GeneratedFile => ({
  path: `schemas/${name}.schema.json`,
  render: async () => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: side, target: 'draft-2020-12' });
    return `${JSON.stringify({ $schema, $id: `urn:sluice:${name}`, title, ...rest }, null, 2)}\n`;
  },
});
