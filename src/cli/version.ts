import { VERSION } from '../lib/version.ts';

export function printVersion(): number {
  process.stdout.write(`telltale ${VERSION}\n`);
  return 0;
}
