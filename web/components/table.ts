/**
 * Dense tables: sorted by a click on a head, walked with the arrow keys, opened with Enter, chosen with Space, drawn a
 * hundred rows at a time as they are scrolled to. On a phone every row becomes a card.
 */
import { type ComponentChildren, html, useEffect, useMemo, useRef, useState, type VNode } from '../html.ts';
import { Icon } from './icon.ts';
import { handleRowKey } from './row-keys.ts';

export interface Column<T> {
  readonly key: string;
  readonly label: string;
  readonly render: (row: T) => ComponentChildren;
  /** What the column is sorted by; without it, it cannot be sorted. */
  readonly sortBy?: (row: T) => string | number | null | undefined;
  readonly isNumber?: boolean;
  /** Left out where the window is narrow: `medium` below 1100 px, `small` below 800 px. Cards show neither. */
  readonly hide?: 'medium' | 'small';
  /** Long texts are cut, so that rows stay one line high. */
  readonly isClipped?: boolean;
  /** The column that names the row. */
  readonly isName?: boolean;
}

export interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  readonly onOpen?: (row: T) => void;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  readonly selection?: Selection;
  readonly rowClass?: (row: T) => string;
}

export interface Selection {
  readonly keys: ReadonlySet<string | number>;
  readonly set: (keys: ReadonlySet<string | number>) => void;
}

const BATCH = 100;

/** Rows in the order of `-key` or `key`; rows without a value come last both ways. */
export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sort: string): readonly T[] {
  const isDown = sort.startsWith('-');
  const sortBy = columns.find((column) => column.key === (isDown ? sort.slice(1) : sort))?.sortBy;
  if (!sortBy) return rows;
  const compared = rows.map((row) => ({ row, value: sortBy(row) ?? null }));
  compared.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    const order =
      typeof a.value === 'number' && typeof b.value === 'number'
        ? a.value - b.value
        : COLLATOR.compare(String(a.value), String(b.value));
    return isDown ? -order : order;
  });
  return compared.map((entry) => entry.row);
}
const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function Table<T>(props: TableProps<T>): VNode {
  const { columns, keyOf, selection, onOpen } = props;
  const [ownSort, setOwnSort] = useState(props.sort ?? '');
  const sort = props.onSort ? (props.sort ?? '') : ownSort;
  const rows = useMemo(() => sortRows(props.rows, columns, sort), [props.rows, columns, sort]);
  const { shown, sentinel } = useBatches(rows.length);
  const body = useRef<HTMLTableSectionElement>(null);

  const toggle = (row: T) => {
    if (!selection) return;
    const keys = new Set(selection.keys);
    if (!keys.delete(keyOf(row))) keys.add(keyOf(row));
    selection.set(keys);
  };
  const onKeyDown = (event: KeyboardEvent) =>
    handleRowKey(event, {
      open: (index) => rows[index] !== undefined && onOpen?.(rows[index]),
      toggle: (index) => rows[index] !== undefined && toggle(rows[index]),
    });
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    if (!onOpen || target.closest('a, button, input, label, select') || getSelection()?.toString()) return;
    const index = Number(target.closest('tr')?.dataset.index ?? Number.NaN);
    if (rows[index] !== undefined) onOpen(rows[index]);
  };

  return html`<div class="table-frame">
    <table class="table" aria-label=${props.label} aria-rowcount=${rows.length}>
      <thead>
        <tr>
          ${selection && html`<th scope="col" class="cell-check"><${SelectAll} rows=${rows} keyOf=${keyOf} selection=${selection} /></th>`}
          ${columns.map((column) => html`<${Head} key=${column.key} column=${column} sort=${sort} onSort=${props.onSort ?? setOwnSort} />`)}
        </tr>
      </thead>
      <tbody ref=${body} class=${onOpen ? 'can-open' : ''} onKeyDown=${onKeyDown} onClick=${onClick}>
        ${rows.slice(0, shown).map((row, index) => {
          const key = keyOf(row);
          const isChosen = selection?.keys.has(key) ?? false;
          return html`<tr
            key=${key}
            data-index=${index}
            tabindex=${onOpen || selection ? (index === 0 ? 0 : -1) : undefined}
            class=${`${isChosen ? 'is-chosen' : ''} ${props.rowClass?.(row) ?? ''}`}
          >
            ${
              selection &&
              html`<td class="cell-check">
                <input type="checkbox" aria-label="Select row" tabindex="-1" checked=${isChosen} onChange=${() => toggle(row)} />
              </td>`
            }
            ${columns.map(
              (column) => html`<td key=${column.key} class=${cellClass(column)} data-label=${column.label}>
                ${column.render(row)}
              </td>`,
            )}
          </tr>`;
        })}
      </tbody>
    </table>
    ${shown < rows.length && html`<div ref=${sentinel} class="table-more muted">${shown} of ${rows.length} rows</div>`}
  </div>`;
}

function cellClass<T>(column: Column<T>): string {
  return [
    column.isNumber ? 'num' : '',
    column.hide ? `hide-${column.hide}` : '',
    column.isName ? 'cell-name' : '',
    column.isClipped ? 'cell-clip' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

function Head<T>({ column, sort, onSort }: HeadProps<T>): VNode {
  const isUp = sort === column.key;
  const isDown = sort === `-${column.key}`;
  if (!column.sortBy) {
    const label = column.label || html`<span class="visually-hidden">Actions</span>`;
    return html`<th scope="col" class=${cellClass(column)}>${label}</th>`;
  }
  return html`<th scope="col" class=${cellClass(column)} aria-sort=${isUp ? 'ascending' : isDown ? 'descending' : 'none'}>
    <button type="button" class="sort" onClick=${() => onSort(isUp ? `-${column.key}` : column.key)}>
      ${column.label}${(isUp || isDown) && html`<${Icon} name=${isUp ? 'sortUp' : 'sortDown'} size=${12} />`}
    </button>
  </th>`;
}

interface SelectAllProps<T> {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  readonly selection: Selection;
}

function SelectAll<T>({ rows, keyOf, selection }: SelectAllProps<T>): VNode {
  const isAll = rows.length > 0 && rows.every((row) => selection.keys.has(keyOf(row)));
  return html`<input
    type="checkbox"
    aria-label="Select all rows"
    checked=${isAll}
    indeterminate=${!isAll && selection.keys.size > 0}
    onChange=${() => selection.set(new Set(isAll ? [] : rows.map(keyOf)))}
  />`;
}

/** How many rows are drawn; more when the end of the drawn ones comes near the screen. */
function useBatches(total: number) {
  const [shown, setShown] = useState(BATCH);
  const sentinel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = sentinel.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setShown((value) => value + BATCH);
      },
      { rootMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown, total]);
  return { shown, sentinel };
}
