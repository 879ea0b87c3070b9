/** Records what changed in the plant, and tells it at once to who is looking. */
import type { EventRecord, JournalRepository } from '../db/journal.ts';
import type { Clock } from '../lib/clock.ts';
import type { Live } from '../model/live.ts';
import type { TenantId } from '../model/tenant.ts';

/** Of a device record, what an event keeps of it. */
export interface EventSubject {
  readonly tenant_id: TenantId;
  readonly id: number | null;
  readonly name: string | null;
  readonly site_id: number | null;
  readonly site: string | null;
}

export interface EventsOptions {
  readonly journal: JournalRepository;
  readonly live: Live;
  readonly clock: Clock;
}

export class Events {
  readonly #options: EventsOptions;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  record(subject: EventSubject, kind: string, change: { before?: unknown; after?: unknown; atMs?: number } = {}): void {
    const { journal, live, clock } = this.#options;
    const event = journal.addEvent({
      tenant_id: subject.tenant_id,
      at: new Date(change.atMs ?? clock.nowMs()),
      kind,
      site_id: subject.site_id,
      site: subject.site,
      device_id: subject.id,
      device: subject.name,
      before: change.before ?? null,
      after: change.after ?? null,
    });
    live.publish(subject.tenant_id, 'event', presentEvent(event));
  }
}

/** An event as the API shows it. */
export function presentEvent(event: EventRecord) {
  const { tenant_id: _, site_id: __, ...shown } = event;
  return shown;
}
