import { z } from 'zod';

/** The key of `sluice.yaml` that says which Sigstore services sign and witness. Used only where `--sigstore` is said. */

const service = z
  .string()
  .max(1_000)
  .regex(
    /^https:\/\/[^\s/?#@]+(?:\/[^\s?#]*[^\s?#/])?$|^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/,
    'an https URL without a slash at its end',
  );

export const evidence = z
  .strictObject({
    sigstore: z
      .strictObject({
        fulcio: service.optional().describe('Issues certificates to people and workflows; without it, your key signs.'),
        rekor: service.optional().describe('A transparency log that witnesses signatures.'),
        timestamp: service.optional().describe('An authority that witnesses when they were made.'),
      })
      .prefault({})
      .describe('Sigstore services, for `--sigstore`.'),
  })
  .describe('How evidence is signed.');
