/** The name that was probably meant: one that begins like `word` or the other way round, or is two letters away at most. */
export function suggestion(word: string, names: readonly string[]): string | undefined {
  const started = names.find((name) => word.length > 1 && (name.startsWith(word) || word.startsWith(name)));
  if (started !== undefined) return started;
  const ranked = names
    .map((name) => ({ name, edits: editDistance(word, name) }))
    .filter(({ name, edits }) => edits <= 2 && edits < name.length - 1)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.name;
}

/** The least number of letters to insert, delete or replace to make one word of the other (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
