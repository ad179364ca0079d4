/** A title as the beginning of a file's name: lower case, words joined by a hyphen. */
export function fileName(title: string, ending: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return `${words.slice(0, 80)}.${ending}`;
}
