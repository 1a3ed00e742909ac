/**
 * A sentence of core as a window says it: of two ways to go on, the command line's and VS Code's, its own alone. "(--shape; Set Input
 * Shapes in VS Code)" → "(Set Input Shapes)", "--identity yes or --identity no, or “Change Assumptions…” in VS Code" → "“Change Assumptions…”".
 */
export function onScreen(sentence: string): string {
  return sentence
    .replace(/\(--[a-z-]+; ([^()]+) in VS Code\)/g, '($1)')
    .replace(/--[a-z-]+(?: [a-z]+)*(?: or --[a-z-]+(?: [a-z]+)*)?, or (“[^”]+”) in VS Code/g, '$1');
}
