/** What batch n of `engine-writer.ts` holds. */
import { bitsOf, type ModelRow } from './engine-model.ts';

const BASE_MS = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;

export function writerBatch(n: number): ModelRow[] {
  return Array.from({ length: 10 }, (_, g) => ({
    tenant: 1,
    measurement: 'm',
    tags: ['host', `h${g}`],
    // Every tenth batch is late.
    timeMs: BASE_MS + (n % 10 === 9 ? n * 1000 - 500_500 : n * 1000),
    fields: new Map([
      ['n', bitsOf(n)],
      [`f${n % 3}`, bitsOf(n * 1.5 + g)],
    ]),
  }));
}
