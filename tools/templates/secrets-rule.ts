/** What stands in a new rule where a person has to write something; the meta-test refuses a shipped rule that holds it. */
export const TO_WRITE = 'REPLACE:';

export interface NewRule {
  /** Kebab-case, the provider first: `acme-api-key`. */
  readonly id: string;
  /** As the provider writes its own name. */
  readonly provider: string;
}

/** A complete secrets rule to start from. It finds its own examples; whether it finds anything real is for its author. */
export function secretsRule({ id, provider }: NewRule): string {
  const [first = '', ...words] = id.split('-');
  const prefix = `${first}_`;
  const variable = id.replaceAll('-', '_').toUpperCase();
  return `[[rules]]
id = "${id}"
description = ${JSON.stringify(`${provider} ${words.join(' ')}`)}
regex = '''\\b(${prefix}[0-9a-z]{32})\\b'''
keywords = ["${prefix}"]
entropy = 3.0

[rules.sluice]
provider = ${JSON.stringify(provider)}
severity = "high"
confidence = "high"
why = """
${TO_WRITE} what an attacker does with it, in two or three sentences about ${provider}."""
fix = """
${TO_WRITE} where to revoke it (the path in the console, or the command), then where to keep the new one."""
limits = """
${TO_WRITE} what this rule does not see, or may get wrong."""
references = ["https://example.com/${TO_WRITE}-the-page-that-documents-the-format"]
bad = [
  '''${variable}=«${prefix}{{alnumlower 32}}»''',
  '''
services:
  web:
    environment:
      ${variable}: "«${prefix}{{alnumlower 32}}»"
''',
]
good = [
  '''${variable}=${prefix}{{alnumlower 31}}''',
  '''${variable}=${prefix}{{repeat x 32}}''',
]
`;
}
