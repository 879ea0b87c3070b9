/** A page that is one list: head, table, and what stands there without rows, with trouble, or while it loads. */
import type { Resource } from '../data/resource.ts';
import { type ComponentChildren, html, type VNode } from '../html.ts';
import type { IconName } from './icon.ts';
import { Empty, Failure, Loading, PageHead } from './page.ts';
import { type Column, Table } from './table.ts';

interface ListingProps<T> {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly resource: Resource<readonly T[]>;
  /** The rows to show, when a filter leaves some out. */
  readonly rows?: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string | number;
  readonly onOpen?: (row: T) => void;
  readonly sort?: string;
  readonly actions?: ComponentChildren;
  readonly filters?: ComponentChildren;
  readonly empty: { readonly icon: IconName; readonly title: string; readonly text?: ComponentChildren };
}

export function Listing<T>(props: ListingProps<T>): VNode {
  const { title, note, resource, columns, keyOf, onOpen, sort, actions, filters, empty } = props;
  const rows = props.rows ?? resource.data ?? [];
  const isFilteredOut = rows.length === 0 && (resource.data?.length ?? 0) > 0;
  return html`<${PageHead} title=${title} note=${note}>${actions}<//>
    ${filters && html`<div class="filters">${filters}</div>`}
    ${resource.error && html`<${Failure} error=${resource.error} onRetry=${resource.reload} />`}
    ${resource.isLoading && html`<${Loading} lines=${6} />`}
    ${
      resource.data &&
      (rows.length > 0
        ? html`<${Table} label=${title} columns=${columns} rows=${rows} keyOf=${keyOf} onOpen=${onOpen} sort=${sort} />`
        : isFilteredOut
          ? html`<${Empty} icon="search" title="Nothing fits the filter" />`
          : html`<${Empty} ...${empty}>${actions}<//>`)
    }`;
}
