import { checkData } from '../app/check-data.ts';
import { loadConfig } from '../config/config.ts';
import { parseArguments, UsageError } from './arguments.ts';

/** Verifies every checksum of a stopped server's data; exit code 1 when something is damaged. */
export async function check(argv: readonly string[]): Promise<number> {
  const { flags, operands } = parseArguments(argv, { data: { kind: 'value' }, config: { kind: 'value' } });
  if (operands.length > 0) throw new UsageError('write: telltale check [--data DIR]');
  const { data } = loadConfig({ flags, env: process.env });
  let damages = 0;
  for await (const part of checkData(data)) {
    process.stdout.write(`${part.summary}\n`);
    for (const damage of part.damages) process.stdout.write(`  DAMAGED ${damage}\n`);
    damages += part.damages.length;
  }
  process.stdout.write(damages === 0 ? 'Nothing is damaged.\n' : `Damaged places: ${damages}.\n`);
  return damages === 0 ? 0 : 1;
}
