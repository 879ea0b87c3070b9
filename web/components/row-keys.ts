/** Arrow keys, Enter and Space in the rows of a table. One row at a time is in the tab order. */

interface RowActions {
  readonly open: (index: number) => void;
  readonly toggle: (index: number) => void;
}

const PAGE_ROWS = 15;

/** The row to go to, or undefined when the key does not move. */
export function nextRow(key: string, index: number, size: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + PAGE_ROWS,
    PageUp: index - PAGE_ROWS,
    Home: 0,
    End: size - 1,
  };
  const next = moves[key];
  return next === undefined ? undefined : Math.max(0, Math.min(size - 1, next));
}

export function handleRowKey(event: KeyboardEvent, actions: RowActions): void {
  const target = event.target as HTMLElement;
  if (target.tagName !== 'TR' || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...(target.parentElement?.querySelectorAll<HTMLTableRowElement>('tr[data-index]') ?? [])];
  const index = rows.indexOf(target as HTMLTableRowElement);
  const next = nextRow(event.key, index, rows.length);
  if (next !== undefined) {
    target.tabIndex = -1;
    const row = rows[next]!;
    row.tabIndex = 0;
    row.focus();
  } else if (event.key === 'Enter') actions.open(index);
  else if (event.key === ' ') actions.toggle(index);
  else return;
  event.preventDefault();
}
