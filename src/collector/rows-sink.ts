/** Where rows go: the store thread of a server, the spool of a remote collector. */
import type { TenantId } from '../model/tenant.ts';

export type SinkAnswer =
  | { readonly kind: 'stored'; readonly rows: number; readonly refused: number; readonly reason?: string }
  /** Nothing was stored and nothing will be of these rows. */
  | { readonly kind: 'lost'; readonly reason: string };

export interface RowsSink {
  /**
   * Takes line protocol with timestamps in milliseconds. The bytes are copied before this returns; the promise settles
   * when the rows are kept, and never rejects.
   */
  append(tenant: TenantId, lines: Uint8Array): Promise<SinkAnswer>;
}
