/** Reading a table the cheapest way: a walk, or GET of single cells when few of the rows between are wanted. */
import { assert } from '../lib/assert.ts';
import { isFailure, type SnmpFailure } from './failure.ts';
import { get } from './get.ts';
import { encodeOid } from './oid.ts';
import type { RowSelection } from './row-selection.ts';
import type { SnmpSession } from './session.ts';
import { type TableRows, walk } from './walk.ts';

/** A walk that brings more than twice the rows that were wanted costs more than asking for them one by one. */
const MIN_USEFUL_SHARE = 0.5;

/** A walk of chosen rows is given up when it takes so many times the requests that single cells would. */
const WORTH = 2;
const FEW = 4;

/** @param key names the table; what is learned about it is kept under this name */
export async function readTable(
  session: SnmpSession,
  key: string,
  columns: readonly Uint8Array[],
  selection?: RowSelection,
): Promise<TableRows | SnmpFailure> {
  const { traits } = session;
  const table = traits.table(key);
  if (!selection) return wholeTable(session, key, columns);
  if (traits.hasBulk && table.usefulShare >= MIN_USEFUL_SHARE) {
    const singly = Math.ceil((selection.count * columns.length) / traits.maxGetOids);
    const walked = await walk(session, key, columns, selection, WORTH * singly + FEW);
    if (walked !== 'scattered') return walked;
    // Over a slow link it matters at the first reading already, not only from the second on.
    table.usefulShare = 0;
  }
  const cells = await get(
    session,
    selection.indexes.flatMap((index) => columns.map((column) => cellOid(column, index))),
  );
  if (isFailure(cells)) return cells;
  const rows: TableRows = new Map();
  for (const [i, index] of selection.indexes.entries()) {
    const row = cells.slice(i * columns.length, (i + 1) * columns.length);
    if (row.some((cell) => cell !== undefined)) rows.set(index, row);
  }
  return rows;
}

async function wholeTable(
  session: SnmpSession,
  key: string,
  columns: readonly Uint8Array[],
): Promise<TableRows | SnmpFailure> {
  const rows = await walk(session, key, columns);
  assert(rows !== 'scattered', 'a whole table has no rows that are not wanted');
  return rows;
}

function cellOid(column: Uint8Array, index: string): Uint8Array {
  // The two leading arcs only make a whole OID of the index; they are one byte.
  const tail = encodeOid(`1.3.${index}`).subarray(1);
  const oid = new Uint8Array(column.length + tail.length);
  oid.set(column);
  oid.set(tail, column.length);
  return oid;
}
