const LONGEST_SENTENCE = 500;

/** Names in a sentence come from the file: no control characters for the terminal, no megabytes. */
export function printableSentence(message: string): string {
  const clean = message.replace(/\p{C}/gu, '?');
  if (clean.length <= LONGEST_SENTENCE) return clean;
  return `${clean.slice(0, LONGEST_SENTENCE / 2)} … ${clean.slice(-LONGEST_SENTENCE / 2)}`;
}
