/** What kind of file a path says it is, as far as it matters to how likely a real secret is in it. */
export type FileKind = 'ordinary' | 'rehearsal' | 'prose' | 'generated';

/** Lock files, source maps, minified and vendored output: long random text that nobody wrote. */
const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|composer\.lock|Cargo\.lock|Gemfile\.lock|Pipfile\.lock|poetry\.lock|uv\.lock|go\.sum|flake\.lock|packages\.lock\.json|gradle\.lockfile|mix\.lock|pubspec\.lock|Podfile\.lock|\.terraform\.lock\.hcl)$|\.(?:map|svg|snap|lock)$|[.-]min\.(?:js|css)$/i;

/** Tests, fixtures, mocks and samples: secrets there are usually invented. */
const REHEARSAL =
  /(?:^|[/._-])(?:tests?|testing|testdata|testutils?|specs?|__tests__|__mocks__|mocks?|fixtures?|fakes?|stubs?|examples?|samples?|demos?|e2e|cypress|playground|benchmarks?)(?:[/._-]|$)/i;

const PROSE =
  /\.(?:md|markdown|mdx|rst|adoc|asciidoc|txt|html?|ipynb|po|pot|xlf|tex)$|(?:^|\/)(?:docs?|documentation|locales?|i18n|lang)\//i;

export function fileKind(path: string): FileKind {
  if (GENERATED.test(path)) return 'generated';
  if (REHEARSAL.test(path)) return 'rehearsal';
  return PROSE.test(path) ? 'prose' : 'ordinary';
}

/**
 * What a file of this kind leaves of a level of likelihood (1 to 3; from 1 on it is told): in rehearsal and prose only what
 * would be high counts, as low; generated text has no findings.
 */
export const levelIn = (level: number, kind: FileKind): number =>
  kind === 'ordinary' ? level : kind === 'generated' ? 0 : level - 2;
