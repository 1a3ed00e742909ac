import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from './playwright';
import { themeClass, themeCss, THEMES } from './themes';

const source = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
  readonly passes: readonly { readonly id: string }[];
}

export interface Audit {
  /** One text for each violation, with the first element at fault. */
  readonly violations: readonly string[];
  /** How many rules applied and held. */
  readonly passes: number;
}

const EVERYTHING = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * Runs axe-core over the page: WCAG 2.2 A and AA and its best practices in the theme that is on, and what depends on colours
 * in all the others.
 */
export async function audit(page: Page): Promise<Audit> {
  await page.evaluate(source);
  const { violations, passes } = await run(page, EVERYTHING);
  const found = violations.map((violation) => describeViolation(violation));
  for (const theme of THEMES) {
    await page.evaluate(applyTheme, { css: themeCss(theme), name: themeClass(theme) });
    const coloured = await run(page, COLOURS);
    found.push(...coloured.violations.map((violation) => `${theme}: ${describeViolation(violation)}`));
  }
  return { violations: found, passes: passes.length };
}

function run(page: Page, runOnly: readonly string[]): Promise<AxeResult> {
  return page.evaluate(
    (only) => {
      const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResult> } };
      return axe.run({ runOnly: only, resultTypes: ['violations'] });
    },
    [...runOnly],
  );
}

/** Runs in the page: VS Code changes the colours of a webview that is open, too. */
function applyTheme({ css, name }: { readonly css: string; readonly name: string }): void {
  document.body.className = name;
  const style = document.getElementById('theme');
  if (style !== null) style.textContent = css;
}

function describeViolation({ id, help, nodes }: AxeResult['violations'][number]): string {
  return `${id}: ${help}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`;
}
