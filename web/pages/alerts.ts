/** Alerts: what fires, what is about to, what is over. */
import type { Alert } from '../../src/api/contract.ts';
import { withQuery } from '../api.ts';
import { SearchBox, Select } from '../components/form.ts';
import { Empty, Failure, Loading, PageHead } from '../components/page.ts';
import { AlertStatus, SeverityStatus } from '../components/status.ts';
import { type Column, Table } from '../components/table.ts';
import { Tabs } from '../components/tabs.ts';
import { RelativeTime } from '../components/time.ts';
import { useList } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { formatDuration, formatValue, NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { useLive } from '../live.ts';
import { useParam } from '../router.ts';
import { AcknowledgeButton } from './alert/acknowledge.ts';
import { AlertDialog } from './alert/alert-dialog.ts';
import { alertDevice, alertLabels, alertTitle } from './alert/alert-text.ts';
import { BulkAlerts } from './alert/bulk-alerts.ts';
import { SEVERITY_ORDER, sortAlerts } from './overview/firing-alerts.ts';

const REFRESH_MS = 30_000;
const RESOLVED_MAX = 500;
const STATES = [
  { name: 'firing', label: 'Firing' },
  { name: 'pending', label: 'Pending' },
  { name: 'resolved', label: 'Resolved' },
];
const SEVERITIES = [
  { value: '', label: 'Any severity' },
  { value: 'critical', label: 'Critical' },
  { value: 'warning', label: 'Warning' },
  { value: 'info', label: 'Info' },
];
const EMPTY_TEXTS: Readonly<Record<string, readonly [string, string]>> = {
  firing: ['No alert fires', 'Everything that rules look at is as it should be.'],
  pending: ['Nothing is about to fire', 'An alert is pending while its rule waits whether the trouble lasts.'],
  resolved: ['No alert was resolved yet', 'What is over is kept here.'],
};

export function Alerts(): VNode {
  const [state, setState] = useParam('state', 'firing');
  const [severity, setSeverity] = useParam('severity');
  const [text, setText] = useParam('q');
  const [open, setOpen] = useParam('open');
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  const path = withQuery('/alerts', state === 'resolved' ? { state, limit: RESOLVED_MAX } : { state });
  const alerts = useList<Alert>(path, REFRESH_MS);
  useLive<Alert>('alert', alerts.reload);

  const wanted = text.toLowerCase();
  const all = alerts.data ?? [];
  const rows = (state === 'resolved' ? newestFirst(all) : sortAlerts(all)).filter(
    (alert) =>
      (severity === '' || alert.severity === severity) &&
      [alertTitle(alert), alert.rule, alert.device ?? '', ...Object.values(alert.labels)]
        .join('\n')
        .toLowerCase()
        .includes(wanted),
  );
  const chosenRows = state === 'resolved' ? [] : rows.filter((alert) => chosen.has(alert.id));
  const [title, note] = EMPTY_TEXTS[state] ?? EMPTY_TEXTS.firing!;
  return html`<${PageHead} title="Alerts" />
    <${Tabs} label="State" tabs=${STATES} current=${state} onChange=${setState} />
    <div class="filters">
      <${SearchBox} value=${text} onInput=${setText} placeholder="Filter by text, device, label" />
      <${Select} name="Severity" value=${severity} choices=${SEVERITIES} onChange=${setSeverity} />
    </div>
    ${alerts.error && html`<${Failure} error=${alerts.error} onRetry=${alerts.reload} />`}
    ${alerts.isLoading && html`<${Loading} lines=${6} />`}
    ${
      alerts.data &&
      (rows.length > 0
        ? html`<${Table}
            label=${`${title} alerts`}
            columns=${state === 'resolved' ? OVER : OPEN}
            rows=${rows}
            keyOf=${(alert: Alert) => alert.id}
            onOpen=${(alert: Alert) => setOpen(String(alert.id))}
            selection=${may('operator') && state !== 'resolved' ? { keys: chosen, set: setChosen } : undefined}
            rowClass=${(alert: Alert) => (alert.state === 'firing' ? `row-${alert.severity}` : '')}
          />`
        : html`<${Empty} icon="alerts" title=${title} text=${note} />`)
    }
    ${chosenRows.length > 0 && html`<${BulkAlerts} alerts=${chosenRows} onDone=${() => setChosen(new Set())} />`}
    ${open !== '' && html`<${AlertDialog} key=${open} id=${open} onClose=${() => setOpen('')} />`}`;
}

const sinceOf = (alert: Alert): string => alert.fired_at ?? alert.started_at;

const newestFirst = (alerts: readonly Alert[]): readonly Alert[] =>
  [...alerts].sort((a, b) => (b.resolved_at ?? '').localeCompare(a.resolved_at ?? ''));

const COLUMNS: readonly Column<Alert>[] = [
  {
    key: 'state',
    label: 'State',
    sortBy: (alert) => alert.state,
    render: (alert) => html`<${AlertStatus} alert=${alert} />`,
  },
  {
    key: 'severity',
    label: 'Severity',
    sortBy: (alert) => SEVERITY_ORDER[alert.severity],
    render: (alert) => html`<${SeverityStatus} severity=${alert.severity} />`,
  },
  {
    key: 'title',
    label: 'Alert',
    isName: true,
    sortBy: alertTitle,
    render: (alert) => html`<a href=${`/alerts?state=${alert.state}&open=${alert.id}`}>${alertTitle(alert)}</a>`,
  },
  {
    key: 'device',
    label: 'Device',
    isClipped: true,
    sortBy: (alert) => alert.device,
    render: (alert) => alertDevice(alert) ?? NOTHING,
  },
  {
    key: 'labels',
    label: 'Labels',
    hide: 'medium',
    render: (alert) =>
      html`<span class="line">${alertLabels(alert)
        .slice(0, 3)
        .map(([name, value]) => html`<span class="tag" key=${name}>${name}=${value}</span>`)}</span>`,
  },
  {
    key: 'value',
    label: 'Value',
    isNumber: true,
    sortBy: (alert) => alert.value,
    render: (alert) => formatValue(alert.value),
  },
  {
    key: 'since',
    label: 'Since',
    sortBy: sinceOf,
    render: (alert) => html`<${RelativeTime} at=${sinceOf(alert)} />`,
  },
  {
    key: 'seen',
    label: '',
    render: (alert) =>
      alert.acknowledged_at
        ? html`<span class="muted">seen by ${alert.acknowledged_by}</span>`
        : html`<div class="row-actions"><${AcknowledgeButton} alert=${alert} /></div>`,
  },
];

/** Of what is pending or fires. */
const OPEN = COLUMNS;

/** Of what is over: when it ended, and how long it lasted. */
const OVER: readonly Column<Alert>[] = [
  ...COLUMNS.filter(({ key }) => key !== 'state' && key !== 'since' && key !== 'seen'),
  {
    key: 'lasted',
    label: 'Lasted',
    isNumber: true,
    sortBy: lastedS,
    render: (alert) => formatDuration(lastedS(alert)),
  },
  {
    key: 'resolved',
    label: 'Resolved',
    sortBy: (alert) => alert.resolved_at,
    render: (alert) => html`<${RelativeTime} at=${alert.resolved_at} />`,
  },
];

function lastedS(alert: Alert): number {
  return Math.max(0, (Date.parse(alert.resolved_at ?? '') - Date.parse(alert.started_at)) / 1000);
}
