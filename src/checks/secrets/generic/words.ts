/** Words that name a secret by themselves, and how strongly: 3 hardly ever means anything else, 1 often does. */
export const SECRET_WORDS: ReadonlyMap<string, number> = new Map([
  ['password', 3],
  ['passwords', 2],
  ['passwd', 3],
  ['passphrase', 3],
  ['passcode', 2],
  ['pwd', 2],
  ['pass', 1],
  ['secret', 3],
  ['secrets', 2],
  ['token', 2],
  ['tokens', 1],
  ['key', 0],
  ['keys', 0],
  ['auth', 1],
  ['authorization', 2],
  ['credential', 2],
  ['credentials', 2],
  ['cred', 1],
  ['creds', 2],
]);

/** What turns the word after it from a common word into a secret: `apiKey`, `private_key`. */
const QUALIFIERS: ReadonlyMap<string, number> = new Map([
  ['api', 3],
  ['secret', 3],
  ['private', 3],
  ['priv', 2],
  ['access', 3],
  ['encryption', 3],
  ['encrypt', 2],
  ['decryption', 3],
  ['signing', 3],
  ['signature', 2],
  ['sign', 2],
  ['master', 2],
  ['auth', 2],
  ['client', 2],
  ['app', 1],
  ['application', 1],
  ['service', 1],
  ['account', 2],
  ['shared', 2],
  ['admin', 2],
  ['root', 1],
  ['consumer', 2],
  ['deploy', 2],
  ['license', 1],
  ['licence', 1],
  ['hmac', 3],
  ['aes', 2],
  ['jwt', 3],
  ['cookie', 1],
  ['session', 1],
  ['webhook', 2],
  ['integration', 1],
  ['subscription', 2],
  ['storage', 1],
  ['server', 1],
  ['token', 1],
  ['password', 1],
  ['refresh', 2],
  ['bearer', 3],
  ['bot', 2],
  ['personal', 2],
  ['oauth', 2],
  ['id', 1],
]);

export const qualifierStrength = (word: string): number => QUALIFIERS.get(word) ?? 0;

/** What may stand before the word in one lower-case run: `apikey`, `dbpassword`, `authtoken`. */
export const RUN_PREFIXES: ReadonlySet<string> = new Set(
  'access account admin api app auth bearer bot client consumer cookie db deploy email encryption hook jwt ldap login mail master my mysql oauth pg postgres private proxy redis refresh root secret security server service session shared sign signing smtp ssh storage sudo user userapi webhook'.split(
    ' ',
  ),
);

/** After the secret's word: the name is about the secret (`token_type`, `passwordField`), and holds none. */
export const ABOUT_AFTER: ReadonlySet<string> = new Set(
  'address age alg algorithm alias amount arn array attempts attribute audience balance block board body box button cache callback card chain chains change chars check checker checksum choice class code codes col column combination complexity confirmation contract count counter created creation cursor date decimals def description desc digest dir directory down element enabled encoder endpoint entry enum env err error errors event events exists expired expires expiration expiry extractor factory field fields file filename files filter fingerprint folder form format formatter frame func function generator group groups guard guid handle handler hash header headers help hint hints history host icon id identifier ids idx index indices info input interceptor interval iss issuer item iterations iv keyword kind label labels last left len length level library lifetime limit link list listener loader location logic manager map mapping mask max maxlength mesh message messages method middleware min minlength mismatch missing mode model module msg name names namespace needed node number object offset option options owner page pair pairs panel param parameter params parser path paths pattern peer permissions pid placeholder plugin policy pool port position prefix press pressed price process prompt prop property protocol provider providers quota range rate reader recipient redirect ref reference regex regexp region registry release reminder renewal request required requirement requirements reset resolver resource response restriction result right ring role roles rotation route router rule rules saver schema scheme scope scopes screen section select selector sent serial serializer service set setting settings signature site size sizes source space spec stack start state status step stone storage store storetype strategy strength strings subject submit suffix supply support symbol tab table tag tags target task template test tests text threshold time timeout title to token tooltip top transform ttl type types up updated updater uri uris url urls usage use used user username users utils val valid validation validator values vault version view visibility visible warning weight widget width word words wrapper writer year c cc cjs cpp cs css go h hpp html ini java js json jsx kt log md mjs pem php pub py rb rs sh sql svg swift thumbprint toml ts tsx txt vue xml yaml yml'.split(
    ' ',
  ),
);

/** Words after the secret's word that leave the name as strong as it was. */
export const NEUTRAL_AFTER: ReadonlySet<string> = new Set(
  'string value default prod production dev development stage staging live old new current plain plaintext text raw literal base64 b64 hex primary secondary backup main local global do not commit const var 1 2 3 4'.split(
    ' ',
  ),
);

/** Anywhere before the secret's word: a different thing (`public key`, `csrf token`, `sort key`). */
export const ABOUT_BEFORE: ReadonlySet<string> = new Set(
  'antiforgery arrow authenticity bucket button cache cancel cancellation component composite continuation csrf cursor design encrypted enum erc erc20 expect expected fake field forgot foreign for get group has hash hashed header host hot i18n idx index input invalid is issuer keyboard label language lexer lookup map message missing mock natural next nft no node object page pagination parse primary pub public query react reset row schema sec sequence shortcut show sort split sync syntax test translation trans unique valid validate vault websocket with without word wrong xsrf yield'.split(
    ' ',
  ),
);

/** Parts of a value that show it was written to be replaced, or never worked. */
export const PLACEHOLDER_PARTS: readonly string[] = [
  'example',
  'sample',
  'placeholder',
  'changeme',
  'change-me',
  'change_me',
  'changeit',
  'replace',
  'insert',
  'your-',
  'your_',
  'yourpass',
  'yourtoken',
  'yoursecret',
  'yourapi',
  'yourkey',
  'my-secret',
  'my_secret',
  'mysecret',
  'mypassword',
  'dummy',
  'fake',
  'mock',
  'redacted',
  'removed',
  'hidden',
  'masked',
  'secret-key',
  'secret_key',
  'todo',
  'fixme',
  'xxxx',
  '****',
  '...',
  '…',
  '____',
  '----',
  '0000000',
  '1234567',
  'abcdefg',
  'qwerty',
  'asdf',
  'deadbeef',
  'cafebabe',
  'foobar',
  'lorem',
  'snip',
  'none',
  'null',
  'undefined',
  'default',
  'notreal',
  'not-real',
  'not_a_',
  'invalid',
  'not-a-',
  'process.env',
  'os.environ',
  'getenv',
];

/** Whole values people type where a secret would stand. Compared in lower case, without digits at the end. */
export const PLACEHOLDER_VALUES: ReadonlySet<string> = new Set(
  'password passwd pass pwd secret token test testing admin root user guest demo empty true false string value private public key apikey api_key access_token accesstoken letmein welcome hello world mysql postgres postgresql redis rabbitmq mongo mongodb minio keycloak grafana required optional hunter keyboard changeit'.split(
    ' ',
  ),
);
