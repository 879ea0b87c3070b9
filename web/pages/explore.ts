/** Any PromQL, as a chart or as a table; metric names and labels are completed while you type. */
import { messageOf } from '../api.ts';
import { RangePicker, usePageRange } from '../charts/range-picker.ts';
import { TimeChart } from '../charts/time-chart.ts';
import { SelectField } from '../components/form.ts';
import { Empty, Loading, PageHead, Panel } from '../components/page.ts';
import { type Column, Table } from '../components/table.ts';
import { Tabs } from '../components/tabs.ts';
import { type InstantSample, useInstant } from '../data/prometheus.ts';
import { formatValue, UNITS, type Unit } from '../format/units.ts';
import { html, useMemo, useState, type VNode } from '../html.ts';
import { useParam } from '../router.ts';
import { seriesName } from './alert/expression-test.ts';
import { guessUnit } from './explore/guess-unit.ts';
import { QueryBox } from './explore/query-box.ts';

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Latency of all devices', 'icmp_rtt_avg_ms'],
  ['Busiest interfaces', 'topk(10, 8 * rate(interface_in_octets[2m]))'],
  ['Processor by site', 'avg by (site) (cpu_percent{core="total"})'],
  ['Hottest sensors', 'topk(10, sensor_value{class="temperature"})'],
  ['Fullest disks', 'topk(10, 100 * storage_used_bytes / storage_total_bytes)'],
];
const VIEWS = [
  { name: 'chart', label: 'Chart' },
  { name: 'table', label: 'Table' },
];

export function Explore(): VNode {
  const [query, setQuery] = useParam('query');
  const [view, setView] = useParam('view', 'chart');
  const [unit, setUnit] = useParam('unit', 'auto');
  const [text, setText] = useState(query);
  const page = usePageRange();
  const shownUnit = unit === 'auto' ? guessUnit(query) : (unit as Unit);
  const queries = useMemo(() => [{ expression: query }], [query]);
  const run = (next: string) => {
    setText(next);
    setQuery(next.trim());
  };
  return html`<${PageHead} title="Explore" note="Everything that is stored, read with PromQL."><${RangePicker} page=${page} /><//>
    <div class="stack">
      <${Panel}>
        <${QueryBox} value=${text} onInput=${setText} onRun=${run} />
        <div class="line between explore-bar">
          <${Tabs} label="View" tabs=${VIEWS} current=${view} onChange=${setView} />
          <${SelectField} label="Unit" value=${unit} choices=${UNIT_CHOICES} onChange=${setUnit} />
        </div>
      <//>
      ${
        query === ''
          ? html`<${Empty} icon="explore" title="Ask something" text="Type an expression, or begin with one of these.">
              ${EXAMPLES.map(([label, example]) => html`<button type="button" class="button" key=${label} onClick=${() => run(example)}>${label}</button>`)}
            <//>`
          : view === 'chart'
            ? html`<${Panel}><${TimeChart} key=${query} title=${query} queries=${queries} unit=${shownUnit} range=${page.range} heightPx=${340} hasFullLegend onZoom=${page.zoom} limits=${{ isFloating: shownUnit === 'celsius' || shownUnit === 'volts' }} /><//>`
            : html`<${ResultTable} query=${query} unit=${shownUnit} />`
      }
    </div>`;
}

const UNIT_CHOICES = [
  { value: 'auto', label: 'By the metric’s name' },
  ...Object.keys(UNITS).map((name) => ({ value: name, label: unitLabel(name as Unit) })),
];

function unitLabel(unit: Unit): string {
  const words = unit.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return UNITS[unit] === '' ? words : `${words} (${UNITS[unit]})`;
}

function ResultTable({ query, unit }: { readonly query: string; readonly unit: Unit }): VNode {
  const answer = useInstant(query);
  if (answer.error) return html`<div class="form-problem" role="alert">${messageOf(answer.error)}</div>`;
  if (!answer.data) return html`<${Loading} lines=${6} />`;
  const { resultType, result } = answer.data.data;
  if (resultType !== 'vector') {
    const [, value] = result as unknown as readonly [number, string];
    return html`<${Panel}><p class="big-number">${resultType === 'scalar' ? formatValue(Number(value), unit) : value}</p><//>`;
  }
  if (result.length === 0)
    return html`<${Empty} icon="explore" title="No series" text="Nothing that is stored now fits the expression." />`;
  return html`<${Table} label="Series" columns=${columnsOf(result, unit)} rows=${result} keyOf=${(sample: InstantSample) => seriesName(sample.metric) + (sample.metric.monitor_id ?? '')} sort="-value" />`;
}

/** A column a label that any series has. */
function columnsOf(result: readonly InstantSample[], unit: Unit): readonly Column<InstantSample>[] {
  const names = new Set(result.flatMap((sample) => Object.keys(sample.metric)));
  names.delete('monitor_id');
  const labels = [...names].sort(
    (a, b) =>
      Number(b === '__name__') - Number(a === '__name__') ||
      Number(b === 'device') - Number(a === 'device') ||
      a.localeCompare(b),
  );
  return [
    ...labels.map(
      (label, index): Column<InstantSample> => ({
        key: label,
        label: label === '__name__' ? 'metric' : label,
        isName: index === 0,
        sortBy: (sample) => sample.metric[label],
        render: (sample) => html`<span class="break">${sample.metric[label] ?? ''}</span>`,
      }),
    ),
    {
      key: 'value',
      label: 'Value',
      isNumber: true,
      sortBy: (sample) => Number(sample.value[1]),
      render: (sample) => html`<b>${formatValue(Number(sample.value[1]), unit)}</b>`,
    },
  ];
}
