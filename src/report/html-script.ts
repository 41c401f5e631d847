/** The page's only script: filters, search, theme. It reads the page, writes no markup and asks for nothing. */
export const SCRIPT = `
'use strict';
(() => {
  const root = document.documentElement;
  root.classList.add('scripted');
  const findings = [...document.querySelectorAll('.finding')].map((element) => ({
    element,
    details: element.querySelector('details'),
    data: element.dataset,
    text: element.textContent.toLowerCase(),
  }));
  const form = document.getElementById('filters');
  const shown = document.getElementById('shown');
  const nothing = document.getElementById('nothing');
  const rows = [...document.querySelectorAll('[data-filter]')];
  const chosen = { check: '', folder: '' };

  const apply = () => {
    const values = new FormData(form);
    const severities = new Set(values.getAll('severity'));
    const states = new Set(values.getAll('state'));
    const confidence = values.get('confidence');
    const words = values.get('search').toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const { element, data, text } of findings) {
      const visible =
        severities.has(data.severity) &&
        states.has(data.state) &&
        (confidence === '' || data.confidence === confidence) &&
        (chosen.check === '' || data.check === chosen.check) &&
        (chosen.folder === '' || data.folder === chosen.folder) &&
        words.every((word) => text.includes(word));
      element.hidden = !visible;
      if (visible) count += 1;
    }
    shown.textContent = 'Showing ' + count + ' of ' + findings.length;
    nothing.hidden = count > 0;
    for (const row of rows) row.setAttribute('aria-pressed', String(chosen[row.dataset.filter] === row.dataset.value));
  };

  const reveal = () => {
    const target = findings.find(({ element }) => '#' + element.id === location.hash);
    if (target === undefined) return;
    if (target.element.hidden) clear();
    target.element.hidden = false;
    target.details.open = true;
    target.element.scrollIntoView({ block: 'start' });
  };

  const clear = () => {
    form.reset();
    chosen.check = '';
    chosen.folder = '';
    apply();
  };

  if (form !== null) {
    form.addEventListener('input', apply);
    form.addEventListener('submit', (event) => event.preventDefault());
    document.getElementById('clear').addEventListener('click', clear);
    document.getElementById('expand').addEventListener('click', (event) => {
      const open = event.currentTarget.getAttribute('aria-pressed') !== 'true';
      event.currentTarget.setAttribute('aria-pressed', String(open));
      event.currentTarget.textContent = open ? 'Close all' : 'Open all';
      for (const { element, details } of findings) if (!element.hidden) details.open = open;
    });
    for (const row of rows) {
      row.addEventListener('click', () => {
        const { filter, value } = row.dataset;
        chosen[filter] = chosen[filter] === value ? '' : value;
        apply();
      });
    }
    apply();
    reveal();
    addEventListener('hashchange', reveal);
  }

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = findings.filter(({ details }) => !details.open);
    for (const { details } of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const { details } of opened) details.open = false;
  });

  document.getElementById('theme').addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });
})();
`;
