/** One alert: what it says, since when, what people said about it. */
import type { Alert } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { Dialog } from '../../components/dialog.ts';
import { AreaField } from '../../components/form.ts';
import { FormProblem } from '../../components/form-dialog.ts';
import { Facts, Failure, Loading } from '../../components/page.ts';
import { AlertStatus, SeverityStatus } from '../../components/status.ts';
import { RelativeTime } from '../../components/time.ts';
import { attempt } from '../../components/toast.ts';
import { useForm } from '../../components/use-form.ts';
import { invalidate, useResource } from '../../data/resource.ts';
import { may } from '../../data/session.ts';
import { formatValue, NOTHING } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';
import { useLive } from '../../live.ts';
import { alertDevice, alertTitle } from './alert-text.ts';

export function AlertDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }): VNode {
  const alert = useResource<Alert>(`/alerts/${encodeURIComponent(id)}`);
  useLive<Alert>('alert', (changed) => {
    if (String(changed.id) === id) alert.reload();
  });
  return html`<${Dialog} title=${alert.data ? alertTitle(alert.data) : 'Alert'} onClose=${onClose} isWide>
    ${alert.error && html`<${Failure} error=${alert.error} onRetry=${alert.reload} />`}
    ${alert.isLoading && html`<${Loading} />`}
    ${alert.data && html`<${Shown} alert=${alert.data} />`}
  <//>`;
}

function Shown({ alert }: { readonly alert: Alert }): VNode {
  const act = async (action: 'acknowledge' | 'resolve', done: string) => {
    await attempt(() => api.post(`/alerts/${alert.id}/${action}`), done);
    invalidate('/alerts');
  };
  const texts = Object.entries(alert.annotations).filter(([name, value]) => name !== 'summary' && value !== '');
  return html`<div class="stack">
    <div class="line"><${AlertStatus} alert=${alert} /><${SeverityStatus} severity=${alert.severity} /></div>
    ${texts.map(([name, text]) => html`<p class="soft break" key=${name}>${text}</p>`)}
    <${Facts}
      rows=${[
        ['Rule', alert.rule],
        ['Device', alertDevice(alert) ?? NOTHING],
        ['Value', formatValue(alert.value)],
        ['Began', html`<${RelativeTime} at=${alert.started_at} />`],
        ['Fired', html`<${RelativeTime} at=${alert.fired_at} never="not yet" />`],
        [
          'Resolved',
          html`<${RelativeTime} at=${alert.resolved_at} never="no" />${alert.resolution && html` · ${alert.resolution}`}`,
        ],
        [
          'Acknowledged',
          alert.acknowledged_at
            ? html`<${RelativeTime} at=${alert.acknowledged_at} /> by ${alert.acknowledged_by}`
            : 'no',
        ],
        [
          'Labels',
          html`<span class="line">${Object.entries(alert.labels).map(([name, value]) => html`<span class="tag" key=${name}>${name}=${value}</span>`)}</span>`,
        ],
      ]}
    />
    ${
      may('operator') &&
      alert.state !== 'resolved' &&
      html`<div class="line">
        ${alert.acknowledged_at === null && html`<button type="button" class="button primary" onClick=${() => void act('acknowledge', 'Acknowledged.')}>Acknowledge</button>`}
        <button type="button" class="button" onClick=${() => void act('resolve', 'Resolved.')}>Resolve by hand</button>
      </div>`
    }
    <${Comments} alert=${alert} />
  </div>`;
}

function Comments({ alert }: { readonly alert: Alert }): VNode {
  const form = useForm({ comment: '' }, async (values) => {
    await api.post(`/alerts/${alert.id}/comment`, values);
    invalidate('/alerts');
    form.replace({ comment: '' });
  });
  return html`<section class="stack-s" aria-label="Comments">
    <h3>Comments</h3>
    ${alert.comments.length === 0 && html`<p class="muted">None yet.</p>`}
    <ol class="comments">
      ${alert.comments.map(
        (comment) => html`<li key=${comment.at}>
          <p class="muted"><b>${comment.by}</b> · <${RelativeTime} at=${comment.at} /></p>
          <p class="break">${comment.text}</p>
        </li>`,
      )}
    </ol>
    ${
      may('operator') &&
      html`<form class="stack-s" onSubmit=${form.submit}>
        <${AreaField} label="New comment" rows=${2} value=${form.values.comment} onInput=${(value: string) => form.set('comment', value)} />
        <${FormProblem} text=${form.problem} />
        <div><button type="submit" class="button" disabled=${form.isBusy || form.values.comment.trim() === ''}>Comment</button></div>
      </form>`
    }
  </section>`;
}
