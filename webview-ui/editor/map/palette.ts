import { LOOKS, type Look } from '../../shared/looks';

/** The theme's colours as a canvas needs them. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly card: string;
  readonly edge: string;
  readonly line: string;
  readonly focus: string;
  readonly font: string;
  readonly looks: Readonly<Record<Look, string>>;
}

/** Reads the colours that apply to an element. */
export function paletteOf(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const text = style.color;
  return {
    background: colour('--vscode-editor-background', 'Canvas'),
    text,
    muted: colour('--vscode-descriptionForeground', text),
    card: colour('--vscode-editorWidget-background', 'Canvas'),
    edge: colour('--vscode-contrastBorder', colour('--vscode-descriptionForeground', text)),
    line: colour('--vscode-descriptionForeground', text),
    focus: colour('--vscode-focusBorder', 'Highlight'),
    font: style.fontFamily,
    looks: Object.fromEntries(LOOKS.map((look) => [look, colour(`--look-${look}`, text)])) as Readonly<
      Record<Look, string>
    >,
  };
}
