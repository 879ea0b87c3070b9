/** Splits a command line into flags and operands, and reports everything that is wrong with it at once. */
export interface FlagSpec {
  /** `switch` takes no value (but `--flag=false` is understood). */
  readonly kind: 'value' | 'switch';
}

export interface Arguments {
  /** By key with underscores (`disk_budget`), every occurrence in order. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  readonly operands: readonly string[];
}

/** Wrong usage: printed with a pointer to `telltale help`, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseArguments(argv: readonly string[], known: Readonly<Record<string, FlagSpec>>): Arguments {
  const flags: Record<string, string[]> = {};
  const operands: string[] = [];
  const problems: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (!word.startsWith('--') || word === '--') {
      if (/^-\w/.test(word)) problems.push(`${word}: flags are written with two dashes, such as --data`);
      else if (word !== '--') operands.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const key = name.slice(2).replaceAll('-', '_');
    const spec = Object.hasOwn(known, key) ? known[key] : undefined;
    if (!spec) {
      problems.push(`${name}: there is no such flag here`);
      continue;
    }
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (value === undefined && spec.kind === 'switch') value = 'true';
    if (value === undefined) {
      const next = argv[i + 1];
      if (next === undefined || next.startsWith('--')) {
        problems.push(`${name}: needs a value`);
        continue;
      }
      value = next;
      i++;
    }
    flags[key] ??= [];
    flags[key].push(value);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { flags, operands };
}
