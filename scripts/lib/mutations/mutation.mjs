/** A rule and the edit that breaks it: `search` must occur exactly once in the file, and gives way to `replace`. */
export function breaking(rule, file, search, replace) {
  return { rule, file, search, replace };
}
