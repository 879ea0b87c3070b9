/** The buttons at the end of a row. */
import { type ComponentChildren, html, type VNode } from '../html.ts';
import { Icon } from './icon.ts';

interface RowActionsProps {
  /** What the row is about, for screen readers. */
  readonly name: string;
  readonly onEdit?: (() => void) | undefined;
  readonly onDelete?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

export function RowActions({ name, onEdit, onDelete, children }: RowActionsProps): VNode {
  return html`<div class="row-actions">
    ${children}
    ${onEdit && html`<button type="button" class="icon-button" aria-label=${`Edit ${name}`} title="Edit" onClick=${onEdit}><${Icon} name="edit" size=${14} /></button>`}
    ${onDelete && html`<button type="button" class="icon-button" aria-label=${`Delete ${name}`} title="Delete" onClick=${onDelete}><${Icon} name="trash" size=${14} /></button>`}
  </div>`;
}
