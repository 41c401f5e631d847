import { isMap, parseAllDocuments, visit } from 'yaml';
import { SluiceError } from '#core/error.ts';

const PLACEHOLDER = '{image}';
const MAX_LENGTH = 1_000_000;

/**
 * The objects of a manifest with an image by digest where `{image}` stands. Every image of it must be by digest: one by tag
 * would be another one tomorrow.
 *
 * @throws SluiceError `manifest-invalid`
 */
export function renderManifest(text: string, image: string, file: string): string {
  if (text.length > MAX_LENGTH) throw invalid(file, 'it is too large');
  if (!text.includes(PLACEHOLDER)) throw invalid(file, `it has no ${PLACEHOLDER}`);
  const rendered = text.replaceAll(PLACEHOLDER, image);
  const documents = parseAllDocuments(rendered, { prettyErrors: false, uniqueKeys: true });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0))
    throw invalid(file, 'it is no YAML');
  for (const document of documents) {
    if (document.contents !== null && !isMap(document.contents)) throw invalid(file, 'a document of it is no object');
    visit(document, {
      Pair: (_, { key, value }) => {
        if (String(key) !== 'image') return;
        const named = String(value);
        if (!/@sha256:[0-9a-f]{64}$/.test(named)) throw invalid(file, 'an image of it is not named by digest');
      },
    });
  }
  return rendered;
}

const invalid = (file: string, why: string): SluiceError =>
  new SluiceError('manifest-invalid', `${file} cannot be deployed: ${why}`, { at: { file } });
