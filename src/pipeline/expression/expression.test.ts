import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '#core/error.ts';
import type { Value } from '../workflow/model.ts';
import { evaluate } from './evaluate.ts';
import { templateOf } from './fixture.ts';
import type { Contexts } from './scope.ts';
import { numberOf, numberText } from './value.ts';

const CONTEXTS: Contexts = { github: { ref: 'refs/heads/main' }, env: { Path: '/bin' }, matrix: { list: [1, 2] } };

describe('the names in a template', () => {
  it.each([
    ['secrets.TOKEN', ['secrets'], ['TOKEN']],
    ["secrets['token']", ['secrets'], ['TOKEN']],
    ['secrets[matrix.name]', ['matrix', 'secrets'], ['*']],
    ['toJSON(secrets)', ['secrets'], ['*']],
    ['secrets.*', ['secrets'], ['*']],
    ['github.token', ['github'], ['GITHUB_TOKEN']],
    ['toJSON(github)', ['github'], ['GITHUB_TOKEN']],
    ['github.ref', ['github'], []],
    ["'secrets.TOKEN'", [], []],
    ['case(true, secrets.A, secrets.B)', ['secrets'], ['A', 'B']],
  ])('%s', (expression, contexts, secrets) => {
    expect(templateOf(expression)).toMatchObject({ contexts, secrets });
  });
});

describe('properties', () => {
  const anyValue = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => Number(number.toPrecision(12))),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && !/^\d/.test(key)),
        tie('value'),
        { maxKeys: 4 },
      ),
    ) as fc.Arbitrary<Value>,
  })).value;

  it('reads back what it writes as JSON', () => {
    const template = templateOf('fromJSON(toJSON(matrix))');
    fc.assert(
      fc.property(anyValue, (matrix) => {
        expect(JSON.stringify(evaluate(template, { matrix }))).toBe(JSON.stringify(normal(matrix)));
      }),
    );
  });

  it('compares in one way round as in the other', () => {
    const templates = ['vars.a == vars.b', 'vars.b == vars.a', 'vars.a < vars.b', 'vars.b > vars.a'].map(templateOf);
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        const [same, turned, less, greater] = templates.map((template) => evaluate(template, { vars: { a, b } }));
        expect(same).toBe(turned);
        expect(less).toBe(greater);
      }),
    );
  });

  it('reads a number that it wrote', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(numberOf(numberText(number))).toBeCloseTo(Number(number.toPrecision(15)), 5);
      }),
    );
  });

  it('throws nothing but mistakes of the user, whatever the expression', () => {
    const piece = fc.constantFrom(
      ...[
        "'",
        "''",
        '(',
        ')',
        '[',
        ']',
        '.',
        '*',
        ',',
        '!',
        '&&',
        '||',
        '==',
        '<',
        '>=',
        ' ',
        '\n',
        '0x',
        '1e',
        '-',
        '}',
        '{',
        '}}',
        `\${{`,
      ],
      ...[
        'github',
        'secrets',
        'env',
        'null',
        'NaN',
        'true',
        'format',
        'join',
        'fromJSON',
        'toJSON',
        'case',
        'contains',
        'hashFiles',
        'always()',
        'x',
        'ı',
        '\u0000',
        '🙂',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          evaluate(templateOf(pieces.join('')), CONTEXTS);
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
          expect((error as SluiceError).at?.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1_000) },
    );
  });
});

/** As JSON knows it: without negative zero. */
const normal = (value: Value): unknown => JSON.parse(JSON.stringify(value));
