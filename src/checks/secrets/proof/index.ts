import * as ageKey from './age-key.ts';
import * as atlassianChecksum from './atlassian-checksum.ts';
import * as awsAccessKeyId from './aws-access-key-id.ts';
import * as azureStorageKey from './azure-storage-key.ts';
import * as base58check from './base58check.ts';
import * as base64Json from './base64-json.ts';
import * as basicAuth from './basic-auth.ts';
import * as connectionUrl from './connection-url.ts';
import * as discordToken from './discord-token.ts';
import * as flyioMacaroon from './flyio-macaroon.ts';
import * as gcpServiceAccount from './gcp-service-account.ts';
import * as githubChecksum from './github-checksum.ts';
import * as gitlabRoutable from './gitlab-routable.ts';
import * as grafanaChecksum from './grafana-checksum.ts';
import * as jwt from './jwt.ts';
import * as luhn from './luhn.ts';
import * as mapboxToken from './mapbox-token.ts';
import * as npmChecksum from './npm-checksum.ts';
import * as privateKey from './private-key.ts';
import type { ProofModule } from './proof.ts';
import * as pypiToken from './pypi-token.ts';
import * as sentryToken from './sentry-token.ts';

/** Every structural proof by the name that rules use. */
export const PROOFS: Readonly<Record<string, ProofModule>> = {
  'age-key': ageKey,
  'atlassian-checksum': atlassianChecksum,
  'aws-access-key-id': awsAccessKeyId,
  'azure-storage-key': azureStorageKey,
  base58check: base58check,
  'base64-json': base64Json,
  'basic-auth': basicAuth,
  'connection-url': connectionUrl,
  'discord-token': discordToken,
  'flyio-macaroon': flyioMacaroon,
  'gcp-service-account': gcpServiceAccount,
  'github-checksum': githubChecksum,
  'gitlab-routable': gitlabRoutable,
  'grafana-checksum': grafanaChecksum,
  jwt: jwt,
  luhn: luhn,
  'mapbox-token': mapboxToken,
  'npm-checksum': npmChecksum,
  'private-key': privateKey,
  'pypi-token': pypiToken,
  'sentry-token': sentryToken,
};
