import { z } from 'zod';
import type { JsonObject, ResourceDescriptor, Statement, Subject } from '#core/statement.ts';
import { createStatement, resourceSchema, text, timestamp } from '../statement.ts';
import { PREDICATE } from './predicate-types.ts';

const parameters = z.record(z.string(), z.json());

/** SLSA provenance, version 1: how an artifact came to be. Fields that we do not know are kept. */
export const provenanceSchema = z.looseObject({
  buildDefinition: z.looseObject({
    /** A URI: how to read the parameters. */
    buildType: text,
    /** What the person or event outside the builder chose. Everything here is to be checked by whoever trusts the build. */
    externalParameters: parameters,
    /** What the builder chose. */
    internalParameters: parameters.optional(),
    /** The source by commit, actions, images, toolchains: whatever the build took in. */
    resolvedDependencies: z.array(resourceSchema).max(100_000).optional(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({
      /** A URI: whoever trusts it trusts that all of this is true. */
      id: text,
      version: z.record(z.string(), z.string()).optional(),
      builderDependencies: z.array(resourceSchema).optional(),
    }),
    metadata: z
      .looseObject({
        invocationId: text.optional(),
        startedOn: timestamp.optional(),
        finishedOn: timestamp.optional(),
      })
      .optional(),
    /** Logs and the like: made by the run, and no artifact. */
    byproducts: z.array(resourceSchema).max(100_000).optional(),
  }),
});

/** The fields of it that we write. */
export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: JsonObject;
    readonly internalParameters?: JsonObject;
    readonly resolvedDependencies?: readonly ResourceDescriptor[];
  };
  readonly runDetails: {
    readonly builder: {
      readonly id: string;
      readonly version?: Readonly<Record<string, string>>;
      readonly builderDependencies?: readonly ResourceDescriptor[];
    };
    readonly metadata?: { readonly invocationId?: string; readonly startedOn?: string; readonly finishedOn?: string };
    readonly byproducts?: readonly ResourceDescriptor[];
  };
}

/** How `subject` was built (https://slsa.dev/spec/v1.1/provenance). */
export const provenanceStatement = (subject: readonly Subject[], provenance: Provenance): Statement =>
  createStatement(subject, PREDICATE.provenance, provenanceSchema.parse(provenance) as JsonObject);
