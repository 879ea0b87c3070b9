import { VERSION } from '../lib/version.ts';
import { parseArguments, UsageError } from './arguments.ts';

export function printVersion(argv: readonly string[]): number {
  const { operands } = parseArguments(argv, {});
  if (operands.length > 0) throw new UsageError(`${operands[0]}: version takes no more words`);
  process.stdout.write(`telltale ${VERSION}\n`);
  return 0;
}
