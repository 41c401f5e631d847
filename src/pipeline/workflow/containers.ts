import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { Fields, isNull, optional } from './mapping.ts';
import { invalid } from './mistakes.ts';
import type { Container, StepsJob } from './model.ts';
import { literalTemplate, placeOfToken, templateOf } from './template.ts';

/** `container:` of a job; an image alone, a mapping, or one expression that yields either. */
export function containerOf(job: Fields): Container | undefined {
  const token = job.token('container');
  return token === undefined || isNull(token) ? undefined : container(token, job);
}

export function servicesOf(job: Fields): StepsJob['services'] {
  const services = job.fields('services');
  return services.entries().map(({ key, value }) => ({ name: key, container: container(value, job) }));
}

function container(token: TemplateToken, { reading }: Fields): Container {
  const fields = new Fields(token, reading);
  const at = placeOfToken(token, reading);
  if (!isMapping(token)) return { image: templateOf(token, reading), env: [], ports: [], volumes: [], at };
  const image = fields.template('image');
  if (image === undefined) {
    reading.mistakes.push(invalid('`image` is missing', at, 'Say which image the container is made of.'));
  }
  const credentials = fields.fields('credentials');
  const [username, password] = [credentials.template('username'), credentials.template('password')];
  return {
    image: image ?? literalTemplate('', at),
    env: fields.map('env'),
    ports: fields.templates('ports'),
    volumes: fields.templates('volumes'),
    ...optional('options', fields.template('options')),
    ...(username === undefined || password === undefined ? {} : { credentials: { username, password } }),
    at,
  };
}
