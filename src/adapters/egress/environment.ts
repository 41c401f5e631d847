/**
 * Variables by which clients find the proxy. Their names are a habit rather than a standard: most read the lower-case ones, some
 * only the upper-case ones; Node's own client wants to be told to look; Maven and Gradle pass options on to Java, and those
 * that a step gives itself stay.
 */
export function proxyEnvironment(
  port: number,
  password: string,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const url = `http://sluice:${password}@127.0.0.1:${port}`;
  const none = 'localhost,127.0.0.1,::1';
  const java = ['http', 'https']
    .map((scheme) => `-D${scheme}.proxyHost=127.0.0.1 -D${scheme}.proxyPort=${port}`)
    .join(' ');
  const withJava = (name: string): string => [java, given[name] ?? ''].join(' ').trim();
  return {
    http_proxy: url,
    https_proxy: url,
    all_proxy: url,
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    ALL_PROXY: url,
    no_proxy: none,
    NO_PROXY: none,
    NODE_USE_ENV_PROXY: '1',
    MAVEN_OPTS: withJava('MAVEN_OPTS'),
    GRADLE_OPTS: withJava('GRADLE_OPTS'),
  };
}
