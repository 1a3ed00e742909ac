import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOftenWeights, MODEL_ENDINGS } from '../../../src/host/modelEndings';
import { ENGLISH } from '../../../webview-ui/shared/english';

const root = join(__dirname, '..', '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const json = <T>(...path: string[]): T => JSON.parse(read(...path)) as T;

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly priority: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
  };
}

const manifest = json<Manifest>('package.json');
const hostSources = readdirSync(join(root, 'src', 'host'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read('src', 'host', name))
  .join('\n');

/** Every text that the host's code has translated. */
function hostTexts(): readonly string[] {
  return [...hostSources.matchAll(/l10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1'),
  );
}

const holes = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe('package.json', () => {
  const contributed = manifest.contributes.commands.map(({ command }) => command).sort();

  it('names the commands that the code registers', () => {
    const registered = [...hostSources.matchAll(/^ {4}'(replens\.\w+)':/gm)].map(([, id]) => id);
    assert.ok(registered.length > 5);
    assert.deepEqual(contributed, registered.sort());
  });

  it('has only known commands in its menus', () => {
    for (const [menu, entries] of Object.entries(manifest.contributes.menus))
      for (const { command } of entries) assert.ok(contributed.includes(command), `${menu}: ${command}`);
  });

  it('offers in the Explorer the same for models on whatever file system', () => {
    const { menus } = manifest.contributes;
    const explorer = menus['explorer/context'] ?? [];
    assert.ok(explorer.length > 3);
    for (const { command, when } of explorer) assert.doesNotMatch(when ?? '', /resourceScheme/, command);
  });

  it('names the editor that the code registers', () => {
    const viewTypes = [...hostSources.matchAll(/_EDITOR = '([\w.]+)'/g)].map(([, viewType]) => viewType);
    assert.deepEqual(
      manifest.contributes.customEditors.map(({ viewType }) => viewType),
      viewTypes,
    );
  });

  it('offers its editors for the endings that are read: as an option for those that are mostly weights', () => {
    const patterns = manifest.contributes.customEditors.map(({ selector, priority }) => [
      priority,
      ...selector.map(({ filenamePattern }) => filenamePattern.slice(1)),
    ]);
    const usual = MODEL_ENDINGS.filter((ending) => !isOftenWeights(`x${ending}`));
    const optional = MODEL_ENDINGS.filter((ending) => isOftenWeights(`x${ending}`));
    assert.deepEqual(patterns, [
      ['default', ...usual],
      ['option', ...optional],
    ]);
  });

  it('has its menus for all endings that are read, in small and capital letters', () => {
    const { menus } = manifest.contributes;
    const conditions = Object.values(menus).flatMap((entries) =>
      entries.flatMap(({ when = '' }) => [...when.matchAll(/resourceExtname (\S+) (\S+)/g)]),
    );
    assert.ok(conditions.length >= 7);
    for (const [, operator, pattern = ''] of conditions) {
      assert.equal(operator, '=~');
      const [, body = '', flags = ''] = /^\/(.*)\/(\w*)$/.exec(pattern) ?? [];
      for (const ending of MODEL_ENDINGS) {
        assert.match(ending, new RegExp(body, flags));
        assert.match(ending.toUpperCase(), new RegExp(body, flags));
      }
      assert.doesNotMatch('.ptx', new RegExp(body, flags));
    }
  });

  it('has a text for every placeholder, in both languages', () => {
    const english = json<Record<string, string>>('package.nls.json');
    const chinese = json<Record<string, string>>('package.nls.zh-cn.json');
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? '');
    assert.deepEqual([...new Set(used)].sort(), Object.keys(english).sort());
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
  });
});

describe('the Chinese bundle', () => {
  const bundle = json<Record<string, string>>('l10n', 'bundle.l10n.zh-cn.json');
  // Chinese has one plural form, "other"
  const screenTexts = Object.entries(ENGLISH)
    .filter(([key]) => !key.endsWith('.one'))
    .map(([, text]) => text);

  it('translates every text of the extension host', () => {
    assert.ok(hostTexts().length > 20);
    assert.deepEqual(
      hostTexts().filter((text) => bundle[text] === undefined),
      [],
    );
  });

  it('translates every text of the screens', () => {
    assert.deepEqual(
      screenTexts.filter((text) => bundle[text] === undefined),
      [],
    );
  });

  it('has no text that nobody uses', () => {
    const used = new Set<string>([...hostTexts(), ...screenTexts]);
    assert.deepEqual(
      Object.keys(bundle).filter((text) => !used.has(text)),
      [],
    );
  });

  it('keeps the values in each text', () => {
    for (const [text, translation] of Object.entries(bundle))
      assert.deepEqual(holes(translation), holes(text), text);
  });
});
