/** What was learned about a device's agent, so that it is asked as it can stand it. Lives as long as the session. */

/** Answers of about this size are not fragmented on Ethernet, SNMPv3 headers included. */
export const ANSWER_BYTES = 1440;
/** Until a table was read: bytes of one variable binding in it. */
const FIRST_BYTES_PER_VARBIND = 28;
/** More would hold up slow agents for too long. */
const MAX_VARBINDS = 100;

export interface TableTrait {
  /** Rows at the last complete reading, -1 before. */
  rows: number;
  bytesPerVarbind: number;
  /** Share of the returned rows that was wanted, when only some are. */
  usefulShare: number;
}

export interface AgentWarning {
  readonly code: string;
  readonly message: string;
}

export class DeviceTraits {
  hasBulk = true;
  /** GETBULK has worked. */
  isBulkProven = false;
  /** Most variable bindings that one answer may hold; shrinks when the device cannot. */
  maxVarbinds = MAX_VARBINDS;
  /** Most OIDs in one GET. */
  maxGetOids = 40;
  /** Objects that an SNMPv1 agent does not have: one of them in a request spoils it. */
  readonly missing = new Set<string>();
  readonly #tables = new Map<string, TableTrait>();
  readonly #warnings = new Map<string, AgentWarning>();

  table(key: string): TableTrait {
    let trait = this.#tables.get(key);
    if (!trait) {
      trait = { rows: -1, bytesPerVarbind: FIRST_BYTES_PER_VARBIND, usefulShare: 1 };
      this.#tables.set(key, trait);
    }
    return trait;
  }

  /** Repetitions whose answer fits for `columns` columns of this table. */
  repetitions(table: TableTrait, columns: number): number {
    const fitting = Math.min(this.maxVarbinds, Math.floor(ANSWER_BYTES / table.bytesPerVarbind));
    return Math.max(1, Math.floor(fitting / columns));
  }

  /** The device could not give that many: ask for half. False when there is nothing left to halve. */
  shrink(asked: number): boolean {
    if (asked <= 1) return false;
    this.maxVarbinds = Math.max(1, Math.floor(Math.min(asked, this.maxVarbinds) / 2));
    return true;
  }

  /** Notes an oddity once. */
  warn(code: string, message: string): void {
    if (!this.#warnings.has(code)) this.#warnings.set(code, { code, message });
  }

  /** Oddities found so far. */
  get warnings(): readonly AgentWarning[] {
    return [...this.#warnings.values()];
  }
}
