/**
 * The looks of the model editor and the report, made to fit an output: they hold inside its shadow root only, what was said of the page
 * is said of the output, and what depends on the window's width depends on the output's.
 */
export async function loadStyles(base: URL): Promise<CSSStyleSheet> {
  const texts = await Promise.all(
    ['editor', 'report', 'renderer'].map(async (name) => {
      const response = await fetch(new URL(`webview/${name}.css`, base));
      if (!response.ok)
        throw new Error(`${name}.css cannot be read (${response.status}); reload the window.`);
      return response.text();
    }),
  );
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(texts.map(inShadow).join('\n'));
  return sheet;
}

/** A style sheet of a page as one of a shadow root. */
export function inShadow(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[{},;\s])(?::root|html|body|#root)(?=[\s,{])/g, '$1:host')
    .replace(/(^|[{},;\s])(\.vscode-[\w-]+)(?=[\s,{])/g, '$1:host-context($2)')
    .replace(/@media\s*\((max|min)-width:/g, '@container ($1-width:');
}
