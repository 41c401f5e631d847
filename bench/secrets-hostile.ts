import { SecretsInspector } from '#checks/secrets/inspector.ts';
import { assemble } from '#checks/secrets/prepare.ts';
import { Text } from '#core/text.ts';

/*
 * How long texts take that were made to take long: `node bench/secrets-hostile.ts [MEGABYTES [NAME]]`. One line each: seconds, hits
 * and peak memory so far. A line over a second for four megabytes, or twice the text in four times the time, is a defect.
 */

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const nested = (text: string, rounds: number): string => (rounds === 0 ? text : base64(nested(text, rounds - 1)));

/** Each is repeated until the text is as large as wanted. */
const REPEATED: Readonly<Record<string, string>> = {
  a: 'a',
  blank: ' ',
  newlines: '\n',
  'token=': 'token=',
  'token= and lines': 'token=\n',
  'key=key=': 'key=',
  'apikey=apikey=': 'apikey=',
  'password: and lines': 'password:\n\n',
  'password = " ': 'password = "',
  'token=" a ': 'token="a ',
  'secret="aA1$': 'secret="aA1$xZ9',
  secret_secret_: 'secret_',
  passwordpassword: 'password',
  'long name': `${'ab_'.repeat(20)}token = x `,
  compared: 'token == "',
  eyJ: 'eyJ',
  'eyJ.': 'eyJhbGciOi.',
  'ey hyphen': 'ey',
  'begin key': '-----BEGIN RSA PRIVATE KEY-----',
  'begin key lines': '-----BEGIN RSA PRIVATE KEY-----\n',
  begin: '-----BEGIN ',
  '%41': '%41',
  '%41 and lines': '%41\n',
  '%': '%',
  '%%41': '%%41z',
  'percent bytes': '%41%ff ',
  '\\u0041': '\\u0041',
  'U+0041': 'U+0041 ',
  backslash: '\\',
  '\\u': '\\u',
  address: 'http://a:b@',
  'address colon': 'http://a:',
  '://': '://',
  postgres: 'postgres://a:',
  hex: '0123456789abcdef',
  'hex word': '41424344 ',
  'hex text': `${'74'.repeat(20)} `,
  'base64 once': `${base64('some words that are encoded once')}\n`,
  'base64 nested': `${nested('some words that are encoded often', 6)} `,
  'base64 long': base64('some words '.repeat(3)),
  'base64 secret': `${base64('password = "aB3$xZ9!qwX"')}\n`,
  AKIA: 'AKIA',
  ghp_: 'ghp_',
  'sk-': 'sk-',
  'sk-ant-': 'sk-ant-api03-',
  xox: 'xoxb-1',
  hooks: 'https://hooks.slack.com/services/',
  gitleaks: 'gitleaks:allow ',
  'aws secret': 'aws_secret_access_key = ',
  quote: '"',
  minified: 'function(e){token:e.token,',
  wide: '\u00e9token=',
  emoji: '\u{1f600}key=',
  dots: 'a.b.c.',
  dashes: '-',
  equals: '=',
  'connection string': 'Server=a;Password=',
  curl: 'curl -u a:b -H "Authorization: ',
  element: '<password>',
  attribute: 'name="token" value=',
};

const [megabytes = '4', only] = process.argv.slice(2);
const size = Number(megabytes) * 1_000_000;
const inspector = new SecretsInspector(assemble({}).sets);
const all = { ...REPEATED };
if (process.argv.includes('--rules')) {
  for (const { rule } of inspector.scanner.detector.rules) {
    if (rule.plan.kind !== 'anchored') continue;
    for (const { text } of rule.plan.literals) {
      all[`${rule.id}: ${text}`] = text;
      all[`${rule.id}: ${text}=`] = `${text}="`;
    }
  }
}
for (const [name, piece] of Object.entries(all)) {
  if (only !== undefined && only !== '--rules' && name !== only) continue;
  const bytes = Buffer.alloc(size, piece);
  let [hits, problems] = [0, 0];
  const before = process.cpuUsage();
  const sink = { hit: () => hits++, problem: () => problems++ };
  const text = new Text(bytes);
  inspector.inspect({ path: 'a.txt', origin: { kind: 'file' }, bytes, text }, sink);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const peak = Math.round(process.resourceUsage().maxRSS / 1000);
  if (seconds > (process.argv.includes('--rules') ? size / 4e6 : 0))
    console.log(`${seconds.toFixed(2)} s ${hits} hits ${problems} problems ${peak} MB  ${name}`);
}
