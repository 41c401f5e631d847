import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJunit } from './junit.ts';

describe('reports of tests in the manner of JUnit', () => {
  test('suites within suites, and all four ways to end', () => {
    const report = `<?xml version="1.0"?>
      <testsuites name="all">
        <testsuite name="outer">
          <testsuite name="inner"><testcase name="a &amp; b" classname="Shop"/></testsuite>
          <testcase name="breaks"><failure message="1 is not 2"/></testcase>
          <testcase name="throws"><error/></testcase>
          <testcase name="waits"><skipped/></testcase>
        </testsuite>
        <testcase name="direct"/>
      </testsuites>`;
    expect(readJunit(report)).toEqual({
      passed: ['all › direct', 'Shop › a & b'],
      failed: ['all › outer › breaks', 'all › outer › throws'],
      skipped: ['all › outer › waits'],
    });
  });

  test.each([
    ['nothing', ''],
    ['text', 'ok 1 - works'],
    ['another document', '<html><body/></html>'],
    ['an open element', '<testsuite><testcase name="a">'],
    ['entities of its own', '<!DOCTYPE a [<!ENTITY b "c">]><testsuite name="&b;"/>'],
  ])('is not read from %s', (_, text) => {
    expect(readJunit(text)).toBeUndefined();
  });

  test('never throws, whatever it is given', () => {
    const piece = fc.constantFrom(
      '<testsuite',
      ' name="a"',
      '>',
      '</testsuite>',
      '<testcase',
      '/>',
      '<failure>',
      '&#0;',
      '<![CDATA[',
      ']]>',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }),
        (pieces) => void readJunit(pieces.join('')),
      ),
    );
  });

  test('deep nesting has an end', () => {
    const deep = '<testsuite>'.repeat(50_000) + '</testsuite>'.repeat(50_000);
    expect(() => readJunit(deep)).not.toThrow();
  });
});
