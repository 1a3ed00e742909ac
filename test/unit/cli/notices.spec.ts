import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './replens';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

describe('the notices', () => {
  const rows = readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.md'), 'utf8').matchAll(
    /^\| ([@\w/.-]+) +\| ([\d.]+) +\| [^|]+\|$/gm,
  );
  const versions = new Map([...rows].map(([, name, version]) => [name!, version!]));
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };

  it('state the versions that are installed', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
    assert.ok(versions.size > 20);
    for (const [name, version] of versions)
      assert.equal(packages[`node_modules/${name}`]?.version, version, name);
  });

  it('name every library that is imported', () => {
    const imported = Object.keys(manifest.dependencies);
    assert.deepEqual(
      imported.filter((name) => !versions.has(name)),
      [],
    );
  });
});
