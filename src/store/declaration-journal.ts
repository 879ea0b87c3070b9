/** What was declared about the stored rows, newest word only, so that a new store thread can be told all of it. */
import type { FieldMetadata } from '../model/field.ts';
import type { Change } from './messages.ts';
import type { JoinedLabels } from './store.ts';

type IntervalChange = Extract<Change, { what: 'declare_interval' }>;

export class DeclarationJournal {
  readonly #fields = new Map<string, FieldMetadata>();
  readonly #intervals = new Map<string, IntervalChange>();
  readonly #labels = new Map<string, JoinedLabels>();

  /** Remembers a declaration; other changes are done once and not repeated. */
  add(change: Change): void {
    if (change.what === 'declare_fields') {
      for (const field of change.fields) this.#fields.set(JSON.stringify([field.measurement, field.field]), field);
    } else if (change.what === 'declare_interval') {
      this.#intervals.set(JSON.stringify([change.tenant, change.monitorId]), change);
    } else if (change.what === 'join_labels') for (const entry of change.labels) this.#join(entry);
  }

  #join(entry: JoinedLabels): void {
    const match = Object.entries(entry.match).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([entry.tenant, match]);
    const isRemoval = Object.values(entry.labels).every((value) => value === '');
    if (isRemoval) this.#labels.delete(key);
    else this.#labels.set(key, entry);
  }

  *changes(): Iterable<Change> {
    if (this.#fields.size > 0) yield { what: 'declare_fields', fields: [...this.#fields.values()] };
    yield* this.#intervals.values();
    if (this.#labels.size > 0) yield { what: 'join_labels', labels: [...this.#labels.values()] };
  }
}
