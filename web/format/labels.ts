/** Labels as text that people edit: one `name=value` a line. */

export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** A line without an equals sign is a name with an empty value: the server says what is wrong with it. */
export function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const name = at === -1 ? line : line.slice(0, at);
    labels[name.trim()] = at === -1 ? '' : line.slice(at + 1).trim();
  }
  return labels;
}
