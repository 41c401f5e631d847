/** Words that stand where a password belongs in documentation, templates and test set-ups, compared without case. */
const WORDS = new Set(
  (
    'password passwd passw0rd p@ssw0rd pass pwd secret mysecret mypassword my-password my_password mypass my-secret-pw ' +
    'changeme changeit change-me change_me change_it replaceme replace-me replace_me redacted hidden removed masked ' +
    'example sample placeholder dummy fake test testing tests test123 testpass testpassword demo foo bar baz foobar abc ' +
    'abc123 1234 12345 123456 12345678 123456789 1234567890 user username admin administrator root toor guest default none ' +
    'null undefined nil empty todo tbd your-password your_password yourpassword your-secret token key value string text ' +
    'postgres postgresql mysql mariadb mongo mongodb redis rabbitmq guest neo4j sa oracle minio minioadmin elastic ' +
    'localhost database db docker dev development local ci travis github actions sluice supersecret letmein qwerty'
  ).split(' '),
);

/** Variables and templates of shells, CI systems and template languages: `$X`, `${X}`, `%X%`, `{{ x }}`, `<x>`, `[x]`. */
const TEMPLATE =
  /^\$|\$\{|\$\(|\{\{|\}\}|^\{[^}]*\}$|^<.*>?$|^\[.*\]$|^%[^%]+%$|^%[sdvq]$|^#\{|^@[\w.]+@$|^:\w+$|^\.{2,}$|^…$/;

/** Is this what people write where a secret would stand? Also what repeats one character (`xxxx`, `****`). */
export function isPlaceholder(value: string): boolean {
  const text = value.trim().toLowerCase();
  return text === '' || WORDS.has(text) || TEMPLATE.test(text) || /^(.)\1*$/.test(text) || /^your[-_ ]?\w*$/.test(text);
}
