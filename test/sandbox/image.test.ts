import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DRIVERS, openWorld } from './attack.ts';

let image: string;

/** The least of an image: a shell, two programs and their libraries. */
beforeEach(() => {
  image = mkdtempSync(path.join(tmpdir(), 'image-'));
  const programs = ['/bin/bash', '/bin/cat', '/bin/ls', '/usr/bin/touch'];
  const libraries = programs.flatMap(
    (program) => execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? [],
  );
  for (const file of new Set([...programs, ...libraries])) {
    mkdirSync(path.join(image, path.dirname(file)), { recursive: true });
    copyFileSync(file, path.join(image, file));
  }
  mkdirSync(path.join(image, 'etc'));
  writeFileSync(path.join(image, 'etc/passwd'), 'of the image\n');
  writeFileSync(path.join(image, 'etc/release'), 'an image\n');
});
afterEach(() => rmSync(image, { recursive: true, force: true }));

describe.each(DRIVERS)('an image as the system, in %s', (driver) => {
  it('is the whole system, read-only, with the names of the sandbox', async () => {
    const world = await openWorld(driver, { root: image });
    const { output } = await world.run(
      'cat /etc/release /etc/passwd; ls /; touch /x /etc/x; touch /workspace/y ~/z /tmp/z && echo fine',
      {
        env: { PATH: '/bin:/usr/bin' },
      },
    );
    expect(output).toMatch(/^an image$/m);
    expect(output).toMatch(/^runner:x:1001/m);
    expect(output).not.toContain('of the image');
    expect(output.match(/Read-only file system/g)).toHaveLength(2);
    expect(output).toMatch(/^fine$/m);
    expect(existsSync(path.join(image, 'x'))).toBe(false);
    await world.close();
  });

  it.each(['workspace', 'proc', 'home'])('is refused where its /%s is a link', async (name) => {
    symlinkSync('/etc', path.join(image, name));
    await expect(openWorld(driver, { root: image })).rejects.toMatchObject({ code: 'mount-refused' });
  });
});
