/** Ends row groups, and takes them out: deleted ones at once and for good, others when they have no rows any more. */
import type { TenantId } from '../model/tenant.ts';
import type { AliasTable } from './alias-table.ts';
import type { Catalogue } from './catalogue.ts';
import type { GroupTable } from './group-table.ts';
import type { Head } from './head.ts';
import { STALE_HIGH, STALE_LOW } from './stale.ts';
import type { Storage } from './storage.ts';
import type { TimeBounds } from './time-bounds.ts';
import type { Tombstones } from './tombstones.ts';
import type { WalFrame } from './wal-frame.ts';

export interface RemovalOptions {
  readonly groups: GroupTable;
  readonly aliases: AliasTable;
  readonly head: Head;
  readonly frame: WalFrame;
  readonly bounds: TimeBounds;
  readonly storage: Storage;
  readonly catalogue: Catalogue;
  readonly tombstones: Tombstones;
}

export class Removal {
  readonly #options: RemovalOptions;

  constructor(options: RemovalOptions) {
    this.#options = options;
  }

  /** Deletes row groups from all segments so far and from the log's files up to `wal`. @throws what the disk throws */
  delete(tenant: TenantId, doomed: readonly number[], wal: number): void {
    const { groups, storage, tombstones, catalogue } = this.#options;
    const { sequence } = storage;
    tombstones.add(
      doomed.map((group) => {
        const measurement = groups.symbols.text(groups.measurement(group));
        return { tenant, measurement, tags: groups.tagTexts(group), sequence, wal };
      }),
    );
    for (const group of doomed) {
      storage.hide(group);
      this.#forget(group);
    }
    catalogue.forgetHandles();
  }

  /** Ends row groups: adds a stale marker in every field to the frame, behind their newest rows. */
  end(ended: readonly number[], atMs: number): void {
    const { groups, head, bounds, frame } = this.#options;
    for (const group of ended) {
      const width = groups.width(group);
      if (width === 0) continue;
      const columns = Uint16Array.from({ length: width }, (_, column) => column);
      const halves = new Int32Array(2 * width);
      for (let c = 0; c < width; c++) {
        halves[2 * c] = STALE_LOW;
        halves[2 * c + 1] = STALE_HIGH;
      }
      // Behind the newest row, or the series would go on after its end.
      const newestMs = Math.max(head.newestMs(group), bounds.maxMs(group));
      frame.row(group, Math.max(Math.floor(atMs), newestMs + 1), columns, halves, width);
    }
  }

  /** Forgets row groups that have no rows anywhere, and lets numbers of those that are gone be used again. */
  sweep(): void {
    const { groups, aliases, head, storage, catalogue } = this.#options;
    for (let group = 0; group < groups.capacity; group++) {
      if (groups.isAlive(group) && !head.has(group) && !storage.has(group)) this.#forget(group);
    }
    if (groups.goneCount === 0) return;
    groups.sweep((isGone) => aliases.forget(isGone));
    catalogue.forgetHandles();
  }

  #forget(group: number): void {
    const { groups, head, frame, bounds, storage } = this.#options;
    head.forget(group);
    frame.forget(group);
    bounds.forget(group);
    storage.forget(group);
    groups.remove(group);
  }
}
