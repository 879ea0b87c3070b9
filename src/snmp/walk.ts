/**
 * Walking columns of a table side by side: GETBULK of all columns at once, GETNEXT where the device has no working
 * GETBULK. Each column has its own position, so that cut answers and columns with holes cost nothing. A walk always
 * moves forward, or ends: OIDs that do not increase end their column.
 */
import { BerError } from './ber.ts';
import { failure, isFailure, noAccess, type SnmpFailure } from './failure.ts';
import type { PresentValue } from './get.ts';
import { compareOids, decodeArcs, decodeOid, isBelow } from './oid.ts';
import { ERROR_STATUS, PDU, type ResponsePdu, VarbindReader } from './pdu.ts';
import type { RowSelection } from './row-selection.ts';
import type { SnmpSession } from './session.ts';
import type { TableTrait } from './traits.ts';

/** Rows by index (dotted, without a leading dot); cells in the order of the columns. */
export type TableRows = Map<string, (PresentValue | undefined)[]>;

/** More columns in one request make answers of one row too big for many agents. */
const MAX_COLUMNS = 24;
const MAX_ROWS = 65_536;
const MAX_REPETITIONS = 50;

/**
 * All rows of `columns`, or those of `selection`.
 * @param key names the table; what is learned about it is kept under this name
 * @param maxRequests more are not worth it: `scattered` says that the wanted rows lie too far apart
 */
export async function walk(
  session: SnmpSession,
  key: string,
  columns: readonly Uint8Array[],
  selection?: RowSelection,
  maxRequests = Number.POSITIVE_INFINITY,
): Promise<TableRows | SnmpFailure | 'scattered'> {
  const rows: TableRows = new Map();
  const table = session.traits.table(key);
  let seen = 0;
  for (let first = 0; first < columns.length; first += MAX_COLUMNS) {
    const batch = columns.slice(first, first + MAX_COLUMNS);
    const walked = await new Walk(session, table, columns, first, batch.length, rows, selection).run(maxRequests);
    if (walked === 'scattered' || isFailure(walked)) return walked;
    seen = Math.max(seen, walked);
  }
  if (!selection) table.rows = rows.size;
  else if (seen > 0) table.usefulShare = rows.size / seen;
  return rows;
}

class Walk {
  readonly #session: SnmpSession;
  readonly #table: TableTrait;
  readonly #columns: readonly Uint8Array[];
  readonly #rows: TableRows;
  readonly #selection: RowSelection | undefined;
  /** Numbers of the columns that are not finished. */
  #active: number[];
  /** Last OID seen in each column. */
  readonly #position: Uint8Array[];
  readonly #rowsOf: number[];
  /** Columns asked for at once; smaller for agents that cannot. */
  #width: number;
  /** What GETBULK seems to do wrong, while GETNEXT is tried instead. */
  #suspicion: string | undefined;
  #currentIndex = '';
  #currentRow: (PresentValue | undefined)[] | undefined;
  #currentStart = -1;
  #currentEnd = -1;

  constructor(
    session: SnmpSession,
    table: TableTrait,
    columns: readonly Uint8Array[],
    first: number,
    count: number,
    rows: TableRows,
    selection: RowSelection | undefined,
  ) {
    this.#session = session;
    this.#table = table;
    this.#columns = columns;
    this.#rows = rows;
    this.#selection = selection;
    this.#active = Array.from({ length: count }, (_, i) => first + i);
    this.#position = columns.map((column) => selection?.before(column) ?? column);
    this.#rowsOf = columns.map(() => 0);
    this.#width = count;
  }

  /** Number of rows that came back, wanted or not. */
  async run(maxRequests: number): Promise<number | SnmpFailure | 'scattered'> {
    const { traits } = this.#session;
    let requests = 0;
    while (this.#active.length > 0) {
      if (++requests > maxRequests) return 'scattered';
      const asked = this.#active.slice(0, this.#width);
      const repetitions = traits.hasBulk ? this.#repetitions(asked) : 1;
      const pdu = await this.#session.request({
        type: traits.hasBulk ? PDU.getBulk : PDU.getNext,
        oids: asked.map((column) => this.#position[column]!),
        maxRepetitions: repetitions,
      });
      if (isFailure(pdu)) {
        if (!this.#adapt(pdu, asked.length * repetitions)) return pdu;
      } else if (pdu.errorStatus !== ERROR_STATUS.none) {
        const refused = this.#refused(pdu, asked, repetitions);
        if (refused) return refused;
      } else {
        if (this.#suspicion !== undefined) this.#leaveBulk(this.#suspicion);
        this.#suspicion = undefined;
        const damage = this.#read(pdu, asked);
        if (damage) return damage;
      }
    }
    return Math.max(0, ...this.#rowsOf);
  }

  #repetitions(asked: readonly number[]): number {
    const fitting = this.#session.traits.repetitions(this.#table, asked.length);
    const got = this.#rowsOf[asked[0]!]!;
    // One more than expected shows that the table ends there. A selection ends by itself.
    const known = this.#selection ? this.#selection.count / this.#table.usefulShare : this.#table.rows + 1;
    const expected = this.#table.rows < 0 && !this.#selection ? MAX_REPETITIONS : Math.ceil(known) - got;
    return Math.min(MAX_REPETITIONS, fitting, Math.max(1, expected));
  }

  /** After no answer or a damaged one: smaller requests, then no GETBULK. False when nothing is left to try. */
  #adapt(refused: SnmpFailure, asked: number): boolean {
    const { traits } = this.#session;
    if (refused.code !== 'bad_response' && refused.code !== 'timeout') return false;
    if (this.#suspicion !== undefined) {
      traits.hasBulk = true;
      return false;
    }
    if (!traits.hasBulk) return refused.code === 'bad_response' && this.#narrow();
    if (traits.isBulkProven) {
      // Packets are lost now and then: only answers that were longer than a proven one are worth shrinking for.
      return refused.code === 'bad_response' && asked > 1 && (traits.shrink(asked) || this.#narrow());
    }
    // Silence may as well be a lost link: whether GETBULK is to blame shows when GETNEXT is answered.
    this.#suspicion = refused.code === 'timeout' ? 'does not answer GETBULK' : 'answers GETBULK with damaged messages';
    traits.hasBulk = false;
    return true;
  }

  #leaveBulk(what: string): void {
    this.#session.traits.hasBulk = false;
    this.#session.traits.warn('broken_getbulk', `The device ${what}: it is read row by row, which takes longer.`);
  }

  #narrow(): boolean {
    if (this.#width === 1) return false;
    this.#width = Math.ceil(this.#width / 2);
    return true;
  }

  #refused(pdu: ResponsePdu, asked: readonly number[], repetitions: number): SnmpFailure | undefined {
    const { traits } = this.#session;
    const { errorStatus } = pdu;
    if (errorStatus === ERROR_STATUS.authorizationError || errorStatus === ERROR_STATUS.noAccess) {
      return noAccess('this table');
    }
    if (errorStatus === ERROR_STATUS.tooBig) {
      if (repetitions > 1 && traits.shrink(asked.length * repetitions)) return undefined;
      if (this.#narrow()) return undefined;
    } else if (errorStatus !== ERROR_STATUS.noSuchName && traits.hasBulk && !traits.isBulkProven) {
      this.#leaveBulk(`answers GETBULK with error ${errorStatus}`);
      return undefined;
    }
    const named = pdu.errorIndex >= 1 && pdu.errorIndex <= asked.length ? pdu.errorIndex - 1 : -1;
    if (named < 0 && this.#narrow()) return undefined;
    const column = asked[Math.max(0, named)]!;
    if (errorStatus !== ERROR_STATUS.noSuchName) {
      traits.warn(
        'device_error',
        `The device reports error ${errorStatus} below ${decodeOid(this.#position[column]!)}; what follows there is missing.`,
      );
    }
    this.#end(column);
    return undefined;
  }

  #end(column: number): void {
    this.#active = this.#active.filter((other) => other !== column);
  }

  #read(pdu: ResponsePdu, asked: readonly number[]): SnmpFailure | undefined {
    const { traits, counters } = this.#session;
    const varbinds = new VarbindReader(pdu);
    const ended = new Set<number>();
    let count = 0;
    this.#currentStart = -1;
    try {
      while (varbinds.next()) {
        const column = asked[count % asked.length]!;
        count++;
        if (!ended.has(column) && !this.#accept(varbinds, column)) ended.add(column);
      }
    } catch (error) {
      if (!(error instanceof BerError)) throw error;
      return failure('bad_response', `The device's answer cannot be used: ${error.message}.`);
    }
    counters.varbinds += count;
    if (count === 0) {
      if (!traits.hasBulk)
        return failure('bad_response', 'The device answers GETNEXT with nothing: its agent is faulty.');
      this.#leaveBulk('answers GETBULK with nothing');
      return undefined;
    }
    if (traits.hasBulk) traits.isBulkProven = true;
    if (count >= asked.length)
      this.#table.bytesPerVarbind += (pdu.bytes.length / count - this.#table.bytesPerVarbind) / 4;
    if (count < asked.length && !traits.hasBulk) {
      return failure('bad_response', 'The device leaves objects out of its answers: its agent is faulty.');
    }
    if (ended.size > 0) this.#active = this.#active.filter((column) => !ended.has(column));
    return undefined;
  }

  /** Takes one cell; false when its column has ended. */
  #accept(varbinds: VarbindReader, column: number): boolean {
    const { bytes, oidStart, oidEnd } = varbinds;
    const prefix = this.#columns[column]!;
    if (varbinds.isException() || !isBelow(prefix, bytes, oidStart, oidEnd)) return false;
    const position = this.#position[column]!;
    if (compareOids(bytes, oidStart, oidEnd, position, 0, position.length) <= 0) {
      this.#session.traits.warn(
        'walk_loop',
        `The device does not go forward below ${decodeOid(prefix)} (it repeats ${decodeOid(bytes, oidStart, oidEnd)}): what follows there is left out.`,
      );
      return false;
    }
    this.#position[column] = bytes.subarray(oidStart, oidEnd);
    const indexStart = oidStart + prefix.length;
    const selection = this.#selection;
    const isLast = selection?.isLast(bytes, indexStart, oidEnd) ?? false;
    if (selection && isLast && !selection.includesLast(bytes, indexStart, oidEnd)) return false;
    if (++this.#rowsOf[column]! > MAX_ROWS) {
      this.#session.traits.warn(
        'table_too_long',
        `The table below ${decodeOid(prefix)} has more than ${MAX_ROWS} rows; the rest is left out.`,
      );
      return false;
    }
    this.#row(bytes, indexStart, oidEnd);
    const value = this.#currentRow ? varbinds.value() : null;
    if (value !== null) this.#currentRow![column] = value;
    return !isLast;
  }

  /** Makes the row with this index current; neighbours in an answer mostly share it. */
  #row(bytes: Uint8Array, start: number, end: number): void {
    if (this.#currentStart >= 0 && end - start === this.#currentEnd - this.#currentStart) {
      let i = 0;
      while (start + i < end && bytes[start + i] === bytes[this.#currentStart + i]) i++;
      if (start + i === end) return;
    }
    this.#currentStart = start;
    this.#currentEnd = end;
    this.#currentIndex = decodeArcs(bytes, start, end);
    this.#currentRow = this.#rows.get(this.#currentIndex);
    if (this.#currentRow || (this.#selection && !this.#selection.has(this.#currentIndex))) return;
    this.#currentRow = new Array(this.#columns.length).fill(undefined);
    this.#rows.set(this.#currentIndex, this.#currentRow);
  }
}
