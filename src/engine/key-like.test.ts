import { expect, test } from 'vitest';
import { maskText } from '#core/secret.ts';
import { keyLike } from './key-like.ts';

const shown = (text: string): string => maskText(text, keyLike(text, 0, text.length));

test('what nobody found but looks like a credential is not shown', () => {
  const line = 'MIIEpAIBAAKCAQEA' + 'wG/qADsB++43PIroghenN8iqF4zmewCOM8WUwDeaayRK';
  expect(shown(line)).toBe('MIIE********');
  expect(shown(`a = 'xyz_${'Ad9QiU1pCr'.repeat(2)}' + 'a9'`)).toBe("a = 'xyz_********' + 'a9'");
});

test('what people write is', () => {
  for (const text of [
    'import { initialise } from "../../configuration/environment.production.ts";',
    'const AWS_S3_BUCKET_NAME_PRODUCTION = process.env.AWS_S3_BUCKET_NAME_PRODUCTION;',
    'open("/usr/lib/python3/dist-packages/example/internationalization/messages")',
    '// ==================== 3 ====================',
  ]) {
    expect(shown(text)).toBe(text);
  }
});

test('a run that begins or ends outside of the range is known by the whole of it', () => {
  const text = `${'ab3'.repeat(20)} word`;
  expect(keyLike(text, 55, 65)).toEqual([{ start: 0, end: 60 }]);
  expect(keyLike(text, 60, 65)).toEqual([]);
});
