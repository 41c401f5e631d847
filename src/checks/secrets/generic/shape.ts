import { DIGIT, kindOf, LOWER, OTHER, UPPER } from './characters.ts';
import { isPublicValue } from './public-values.ts';
import { distinctCharacters } from './randomness.ts';
import { PLACEHOLDER_PARTS, PLACEHOLDER_VALUES } from './words.ts';

/** Kinds of values that are no secret whatever name stands before them. Regexes here see at most 512 characters. */
const HARMLESS: readonly RegExp[] = [
  // References and templates: ${X}, $X, %X%, {{x}}, {0}, <x>, #{x}, @x@, [x], %s, :name, &anchor, !Ref
  /^[$%{<#@[(&*!:]|[$#%]\{|\{\{|<%|%[sdvq]$|^\{|\}$|>$/,
  // Addresses, paths, file names, media types
  /:\/\/|^\.{0,2}\/|^[A-Za-z]:\\|^~\/|\\\\|^www\./,
  /\.(?:pem|crt|cer|key|pub|p12|pfx|jks|json|ya?ml|xml|txt|html?|js|ts|py|go|rb|java|php|css|conf|cfg|ini|env|toml|md|sh|local|com|net|org|io|dev|internal)(?:[:/?#].*)?$/i,
  /^[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,}$/,
  // Dates, times, versions, numbers, IP addresses
  /^\d{4}-\d\d-\d\d|^\d\d:\d\d|^v?\d+(?:\.\d+){1,4}(?:[-+][\w.]{0,30})?$|^[\d\s.,_+-]+$|SNAPSHOT$/,
  // Hashes and public halves that say so
  /^(?:sha(?:1|224|256|384|512)|md5)[-:=]|^ssh-(?:rsa|ed25519|dss)|^ecdsa-|^AAAA[BCE][23]Nza|^-----BEGIN (?:CERT|PUBLIC)|^MI[IG][A-Za-z0-9]B/,
  // Names of things in the cloud: arn:aws:…, projects/x/secrets/y, vault:secret/x, op://
  /^arn:|^urn:|^projects\/|^vault:|^ref\+|^ENC\[|^secretref:|^keyvault:/i,
  // Ethereum addresses, colours
  /^0x[0-9a-fA-F]{40}$|^#[0-9a-fA-F]{3,8}$/,
];

/** Words joined as in code: `some.words`, `some-words`, `SOME_WORDS`, `someWords`, at most two digits a word. */
const IDENTIFIER =
  /^(?:[a-z]{2,}\d{0,2}(?:[-_.:/][a-z]{1,}\d{0,2}){1,12}|[A-Z]{2,}\d{0,2}(?:[-_.][A-Z]{1,}\d{0,2}){1,12}|[a-z]+(?:[A-Z][a-z]+){1,8}\d{0,2}|(?:[A-Z][a-z]+){1,8}\d{0,2})$/;

/** Is this text nothing that could be a secret: a reference, a path, an identifier, a sample? */
export function isHarmless(value: string): boolean {
  return (
    /\s/.test(value) ||
    HARMLESS.some((pattern) => pattern.test(value)) ||
    IDENTIFIER.test(value) ||
    isMonotonous(value) ||
    isPlaceholder(value) ||
    isPublicValue(value)
  );
}

/** Few different characters, or characters in the order of the alphabet or keyboard. */
function isMonotonous(value: string): boolean {
  if (distinctCharacters(value) < Math.min(6, 2 + value.length / 5)) return true;
  let steps = 0;
  for (let at = 1; at < value.length; at++) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1);
    if (step === 1 || step === 0) steps++;
  }
  return steps > value.length * 0.4;
}

function isPlaceholder(value: string): boolean {
  const lower = value.toLowerCase();
  if (PLACEHOLDER_PARTS.some((part) => lower.includes(part))) return true;
  return PLACEHOLDER_VALUES.has(lower.replace(/[\d!?.#$@]+$/, ''));
}

export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** How many of the four kinds (small, capital, digit, other) a value has. */
export function kindsOf(value: string): number {
  let kinds = 0;
  for (let at = 0; at < value.length; at++) {
    const kind = kindOf(value.charCodeAt(at));
    kinds |= kind === LOWER ? 1 : kind === UPPER ? 2 : kind === DIGIT ? 4 : kind === OTHER ? 8 : 8;
  }
  return (kinds & 1) + ((kinds >> 1) & 1) + ((kinds >> 2) & 1) + (kinds >> 3);
}

export const hasDigit = (value: string): boolean => /\d/.test(value);
