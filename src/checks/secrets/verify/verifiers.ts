import type { Verifier } from './verifier.ts';

const bearer = ['authorization', 'Bearer {secret}'] as const;

type Question = Partial<Verifier> & Pick<Verifier, 'provider' | 'base' | 'path'>;

/** Most providers: GET with a bearer token, 200 or 403 when it is alive, 401 when it is not. */
const ask = (question: Question): Verifier => ({
  method: 'GET',
  header: bearer,
  active: [200, 403],
  inactive: [401],
  ...question,
});

const github = ask({ provider: 'github', base: 'https://api.github.com', path: '/rate_limit', active: [200] });
const gitlab = ask({
  provider: 'gitlab',
  base: 'https://gitlab.com',
  path: '/api/v4/personal_access_tokens/self',
  header: ['private-token', '{secret}'],
});
const openai = ask({ provider: 'openai', base: 'https://api.openai.com', path: '/v1/models' });
const anthropic = ask({
  provider: 'anthropic',
  base: 'https://api.anthropic.com',
  path: '/v1/models',
  header: ['x-api-key', '{secret}'],
});
const slack = ask({
  provider: 'slack',
  base: 'https://slack.com',
  path: '/api/auth.test',
  method: 'POST',
  activeBody: '"ok":true',
});
const stripe = ask({
  provider: 'stripe',
  base: 'https://api.stripe.com',
  path: '/v1/charges?limit=1',
  header: ['authorization', 'Basic {basic}'],
});
const sendgrid = ask({ provider: 'sendgrid', base: 'https://api.sendgrid.com', path: '/v3/scopes' });
const huggingface = ask({ provider: 'huggingface', base: 'https://huggingface.co', path: '/api/whoami-v2' });
const digitalocean = ask({ provider: 'digitalocean', base: 'https://api.digitalocean.com', path: '/v2/account' });
const sentry = ask({ provider: 'sentry', base: 'https://sentry.io', path: '/api/0/projects/' });
const linear = ask({
  provider: 'linear',
  base: 'https://api.linear.app',
  path: '/graphql',
  method: 'POST',
  header: ['authorization', '{secret}'],
  body: '{"query":"{ viewer { id } }"}',
  inactive: [400, 401],
});

/**
 * Who can be asked about which rule's findings. A rule that is not here cannot be verified by one read-only question
 * with the key alone (AWS wants a signature by a pair, Twilio an account id), and stays `unknown`.
 */
export const VERIFIERS: Readonly<Record<string, Verifier>> = {
  'github-personal-access-token': github,
  'github-fine-grained-token': github,
  'github-oauth-token': github,
  'github-app-user-token': github,
  'gitlab-personal-access-token': gitlab,
  'openai-user-api-key': openai,
  'openai-project-api-key': openai,
  'openai-service-account-api-key': openai,
  'anthropic-api-key': anthropic,
  'slack-bot-token': slack,
  'slack-user-token': slack,
  'stripe-secret-key': stripe,
  'stripe-restricted-key': stripe,
  'sendgrid-api-key': sendgrid,
  'huggingface-user-access-token': huggingface,
  'digitalocean-personal-access-token': digitalocean,
  'sentry-user-token': sentry,
  'sentry-organization-token': sentry,
  'linear-api-key': linear,
  'telegram-bot-token': {
    provider: 'telegram',
    base: 'https://api.telegram.org',
    method: 'GET',
    path: '/bot{secret}/getMe',
    active: [200],
    inactive: [401, 404],
  },
  'notion-integration-token': ask({
    provider: 'notion',
    base: 'https://api.notion.com',
    path: '/v1/users/me',
  }),
  'postman-api-key': ask({
    provider: 'postman',
    base: 'https://api.getpostman.com',
    path: '/me',
    header: ['x-api-key', '{secret}'],
  }),
  'replicate-api-token': ask({ provider: 'replicate', base: 'https://api.replicate.com', path: '/v1/account' }),
  'resend-api-key': ask({ provider: 'resend', base: 'https://api.resend.com', path: '/domains' }),
  'vercel-prefixed-token': ask({
    provider: 'vercel',
    base: 'https://api.vercel.com',
    path: '/v2/user',
    inactive: [401, 403],
    active: [200],
  }),
  'netlify-personal-access-token': ask({ provider: 'netlify', base: 'https://api.netlify.com', path: '/api/v1/user' }),
  'heroku-platform-api-token': ask({
    provider: 'heroku',
    base: 'https://api.heroku.com',
    path: '/account',
  }),
  'pulumi-access-token': ask({
    provider: 'pulumi',
    base: 'https://api.pulumi.com',
    path: '/api/user',
    header: ['authorization', 'token {secret}'],
  }),
};
