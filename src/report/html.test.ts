import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentation, emptyReport, finding, fullReport, incompleteReport, location, whole } from './fixture.ts';
import { render as renderPieces } from './html.ts';

const render = whole(renderPieces);

/** The page in a real browser: `SLUICE_CHROMIUM`, or a Chromium found on the path; without one these tests are skipped. */
const browserPath = process.env['SLUICE_CHROMIUM'] ?? onPath(['chromium', 'chromium-browser', 'google-chrome']);

const OPTIONS = { color: false, width: 80, verbose: false, documentation };

describe.skipIf(browserPath === undefined)('html report in a browser (SLUICE_CHROMIUM)', () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  const trouble: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-html-'));
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => trouble.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) trouble.push(`request: ${request.url()}`);
    });
    page.on('dialog', (dialog) => {
      trouble.push('dialog');
      void dialog.dismiss();
    });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (report = fullReport(), hash = ''): Promise<void> => {
    const file = join(folder, 'report.html');
    writeFileSync(file, render(report, OPTIONS));
    trouble.length = 0;
    await page.goto('about:blank');
    await page.goto(pathToFileURL(file).href + hash);
  };
  const shown = async (): Promise<string[]> =>
    (await page.locator('.finding:visible').all()).reduce<Promise<string[]>>(
      async (ids, row) => [...(await ids), ((await row.getAttribute('id')) ?? '').slice(2, 3)],
      Promise.resolve([]),
    );

  test('opens without a request, an error or a message', async () => {
    for (const report of [fullReport(), emptyReport(), incompleteReport()]) {
      await open(report);
      expect(trouble).toEqual([]);
    }
  });

  test('shows open findings, worst first, and suppressed ones when asked', async () => {
    await open();
    expect(await shown()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    await page.getByLabel('Suppressed').check();
    expect(await shown()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', '1', '2', '3']);
    expect(await page.locator('#shown').textContent()).toBe('Showing 9 of 9');
  });

  test('filters by severity, confidence, search, check and folder, and clears', async () => {
    await open();
    await page.getByLabel('High', { exact: true }).uncheck();
    expect(await shown()).toEqual(['a', 'd', 'e', 'f']);
    await page.locator('#clear').click();
    await page.getByLabel('Confidence').selectOption('low');
    expect(await shown()).toEqual(['e']);
    await page.locator('#clear').click();
    await page.getByRole('searchbox').fill('orders SQL');
    expect(await shown()).toEqual(['c']);
    await page.getByRole('searchbox').fill('nothing like this');
    expect(await page.locator('#nothing').isVisible()).toBe(true);
    await page.locator('#clear').click();
    const row = page.locator('[data-filter="check"][data-value="secrets/private-key"]');
    await row.click();
    expect(await shown()).toEqual(['b']);
    expect(await row.getAttribute('aria-pressed')).toBe('true');
    await row.click();
    await page.locator('[data-filter="folder"][data-value="src/config"]').click();
    expect(await shown()).toEqual(['a']);
    expect(trouble).toEqual([]);
  });

  test('a link to a finding opens it, even where a filter hides it', async () => {
    await open(fullReport(), `#f-${'1'.repeat(32)}`);
    expect(await page.locator(`#f-${'1'.repeat(32)} .body`).isVisible()).toBe(true);
    await page.getByRole('link', { name: 'SQL built from input' }).click();
    expect(await page.locator(`#f-${'c'.repeat(32)} .body`).isVisible()).toBe(true);
  });

  test('opens all, changes its theme and fits a telephone', async () => {
    await open();
    await page.getByRole('button', { name: 'Open all' }).click();
    expect(await page.locator('details[open]').count()).toBe(6);
    await page.locator('#theme').click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.setViewportSize({ width: 1200, height: 900 });
    expect(trouble).toEqual([]);
  });

  test('prints every finding in full', async () => {
    await open();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator(`#f-${'a'.repeat(32)} .do`).isVisible()).toBe(true);
    expect(await page.locator('#filters').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
  });

  test('is whole without its script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const still = await context.newPage();
    await still.goto(pathToFileURL(join(folder, 'report.html')).href);
    expect(await still.locator('.finding:visible').count()).toBe(9);
    expect(await still.locator('#filters').isVisible()).toBe(false);
    await context.close();
  });

  test('has text of enough contrast in both themes (WCAG 2.2, 1.4.3)', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await open();
      expect(await page.evaluate(CONTRAST), colorScheme).toEqual([]);
    }
  });

  test('a path that is an attack stays text', async () => {
    const attack = `"><img src=x onerror=alert(1)><script>alert(2)</script>/'onfocus=alert(3) autofocus='`;
    await open({
      ...emptyReport(),
      findings: [finding('secrets/generic', 'a', location(attack, 1, 1), { title: attack })],
    });
    await page.getByRole('button', { name: 'Open all' }).click();
    expect(await page.locator('img, script:not(body > script), [onfocus]').count()).toBe(0);
    expect(await page.locator('.where').textContent()).toBe(`${attack}:1:1`);
    expect(trouble).toEqual([]);
  });
});

/** Runs in the page: every visible text whose colour is under 4.5 : 1 against the nearest background behind it. */
const CONTRAST = `(() => {
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const rgba = (color) => { const n = color.match(/[\\d.]+/g).map(Number); return n.length === 3 ? [...n, 1] : n; };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 0.99) return color;
    }
    return [255, 255, 255, 1];
  };
  for (const details of document.querySelectorAll('details')) details.open = true;
  const weak = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || !element.checkVisibility() || element.tagName === 'SCRIPT') continue;
    const [a, b] = [rgba(getComputedStyle(element).color), behind(element)].map(luminance).sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) weak.add(element.tagName + '.' + element.className + ' ' + ((a + 0.05) / (b + 0.05)).toFixed(2));
  }
  return [...weak];
})()`;

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
