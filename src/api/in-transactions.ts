/** Long lists of changes: a transaction for some of them at a time, with room for others' requests in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Repositories } from '../db/repositories.ts';

/** Some tens of milliseconds of work. */
const AT_A_TIME = 50;

export async function mapInTransactions<T, R>(
  { transaction }: Pick<Repositories, 'transaction'>,
  items: readonly T[],
  map: (item: T, index: number) => R,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_A_TIME) {
    if (start > 0) await nextTurn();
    const some = items.slice(start, start + AT_A_TIME);
    results.push(...transaction(() => some.map((item, offset) => map(item, start + offset))));
  }
  return results;
}
