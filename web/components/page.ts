/** The parts that every page is made of: head, panels, and what stands there when there is nothing or trouble. */
import { messageOf } from '../api.ts';
import { type ComponentChildren, html, useEffect, type VNode } from '../html.ts';
import { Icon, type IconName } from './icon.ts';

interface PageHeadProps {
  readonly title: string;
  /** Pages above this one: [text, address]. */
  readonly trail?: readonly (readonly [string, string])[];
  readonly note?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function PageHead({ title, trail, note, children }: PageHeadProps): VNode {
  useEffect(() => {
    document.title = `${title} · Telltale`;
  }, [title]);
  return html`<header class="page-head">
    <div class="grow">
      ${
        trail &&
        html`<nav class="trail" aria-label="Breadcrumb">
          ${trail.map(([text, address]) => html`<a href=${address} key=${address}>${text}</a><${Icon} name="chevron" size=${11} />`)}
        </nav>`
      }
      <h1>${title}</h1>
      ${note && html`<p class="soft">${note}</p>`}
    </div>
    <div class="line page-actions">${children}</div>
  </header>`;
}

interface PanelProps {
  readonly title?: string;
  readonly actions?: ComponentChildren;
  readonly isFlush?: boolean;
  readonly className?: string;
  readonly children?: ComponentChildren;
}

export function Panel({ title, actions, isFlush = false, className = '', children }: PanelProps): VNode {
  return html`<section class=${`panel ${isFlush ? 'is-flush' : ''} ${className}`} aria-label=${title}>
    ${
      title &&
      html`<header class="panel-head">
        <h2>${title}</h2>
        <div class="line">${actions}</div>
      </header>`
    }
    ${children}
  </section>`;
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** Nothing is here yet: says why and what to do. */
export function Empty({ icon, title, text, children }: EmptyProps): VNode {
  return html`<div class="empty">
    <${Icon} name=${icon} size=${28} />
    <h2>${title}</h2>
    ${text && html`<p class="soft">${text}</p>`}
    <div class="line">${children}</div>
  </div>`;
}

/** Something could not be read: says what, and lets try again. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }): VNode {
  return html`<div class="failure" role="alert">
    <${Icon} name="alerts" size=${20} />
    <p class="grow">${messageOf(error)}</p>
    ${onRetry && html`<button type="button" class="button" onClick=${onRetry}>Try again</button>`}
  </div>`;
}

/** Grey lines while the first answer is awaited. */
export function Loading({ lines = 4 }: { readonly lines?: number }): VNode {
  return html`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({ length: lines }, (_, index) => html`<div class="skeleton" key=${index}></div>`)}
  </div>`;
}

/** Long work. Without `value` it only says that something goes on. */
export function Progress(props: { readonly value?: number; readonly max?: number; readonly label: string }): VNode {
  return html`<progress class="progress" aria-label=${props.label} ...${props.value === undefined ? {} : { value: props.value, max: props.max ?? 1 }}></progress>`;
}

/** Names and values, two columns. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }): VNode {
  return html`<dl class="facts">
    ${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="break">${value}</dd></div>`)}
  </dl>`;
}

/** Names above values, in a row. */
export function Figures({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }): VNode {
  return html`<dl class="figures">
    ${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}
