import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** What a report of tests says: the names of the test cases, by how they ended. */
export interface TestCases {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

const MOST_CASES = 100_000;
const MOST_NAME = 300;

type Node = Readonly<Record<string, unknown>>;

/**
 * Reads the XML that test runners write in the manner of JUnit: `testsuites`, `testsuite` and `testcase`, with `failure`,
 * `error` and `skipped` within. There is no standard; what the runners share is read (https://github.com/testmoapp/junitxml).
 *
 * ```ts
 * const report = '<testsuite name="shop"><testcase name="pays"/><testcase name="ships"><failure/></testcase></testsuite>';
 * readJunit(report) // => { passed: ['shop › pays'], failed: ['shop › ships'], skipped: [] }
 * ```
 *
 * @returns `undefined` for what is no such report, or has too many cases
 */
export function readJunit(text: string): TestCases | undefined {
  if (/<!DOCTYPE|<!ENTITY/i.test(text) || XMLValidator.validate(text) !== true) return undefined;
  const parser = new XMLParser({
    ...{ ignoreAttributes: false, attributeNamePrefix: '@', parseAttributeValue: false, parseTagValue: false },
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  });
  const root = parse(parser, text);
  const top = [root['testsuites'], ...listOf(root['testsuite'])].filter(isNode);
  if (top.length === 0) return undefined;
  const cases = { passed: [] as string[], failed: [] as string[], skipped: [] as string[] };
  const waiting: { readonly suite: Node; readonly name: string }[] = top.map((suite) => ({ suite, name: '' }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = joined(next.name, attribute(next.suite, 'name'));
    for (const one of listOf(next.suite['testcase']).filter(isNode)) add(cases, one, name);
    for (const suite of listOf(next.suite['testsuite']).filter(isNode).toReversed()) waiting.push({ suite, name });
    if (cases.passed.length + cases.failed.length + cases.skipped.length > MOST_CASES) return undefined;
  }
  return cases;
}

function add(cases: Record<keyof TestCases, string[]>, one: Node, suite: string): void {
  const name = joined(attribute(one, 'classname') || suite, attribute(one, 'name')).slice(0, MOST_NAME);
  const ended = 'failure' in one || 'error' in one ? 'failed' : 'skipped' in one ? 'skipped' : 'passed';
  cases[ended].push(name);
}

/** The parser refuses what is nested too deep, or would grow. */
function parse(parser: XMLParser, text: string): Node {
  try {
    return parser.parse(text) as Node;
  } catch {
    return {};
  }
}

const joined = (suite: string, name: string): string => [suite, name].filter(Boolean).join(' › ');
const attribute = (node: Node, name: string): string =>
  typeof node[`@${name}`] === 'string' ? String(node[`@${name}`]) : '';
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
