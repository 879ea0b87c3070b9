/** Evaluates an expression now: how many alerts it would raise, and which. */
import { api, messageOf, withQuery } from '../../api.ts';
import { distinctNames } from '../../charts/series-names.ts';
import { Mark } from '../../components/status.ts';
import type { InstantAnswer } from '../../data/prometheus.ts';
import { count, formatValue } from '../../format/units.ts';
import { html, useEffect, useRef, useState, type VNode } from '../../html.ts';

const SHOWN_MAX = 8;

interface Tested {
  readonly answer?: InstantAnswer;
  readonly problem?: string;
}

export function ExpressionTest({ expression }: { readonly expression: string }): VNode {
  const [tested, setTested] = useState<Tested | undefined>(undefined);
  const latest = useRef(expression);
  latest.current = expression;
  useEffect(() => setTested(undefined), [expression]);
  const test = async () => {
    let next: Tested;
    try {
      next = { answer: await api.get<InstantAnswer>(withQuery('/query', { query: expression })) };
    } catch (error) {
      next = { problem: messageOf(error) };
    }
    if (latest.current === expression) setTested(next);
  };
  return html`<div class="stack-s">
    <div><button type="button" class="button small" disabled=${expression.trim() === ''} onClick=${() => void test()}>Try it now</button></div>
    ${tested && html`<${Outcome} ...${tested} />`}
  </div>`;
}

function Outcome({ answer, problem }: Tested): VNode {
  if (problem !== undefined) {
    return html`<div class="answer is-critical" role="alert"><${Mark} of="critical" size=${18} /><p class="break">${problem}</p></div>`;
  }
  const result = answer?.data.resultType === 'vector' ? answer.data.result : undefined;
  if (!result) {
    return html`<div class="answer is-warning" role="status">
      <${Mark} of="warning" size=${18} /><p>It returns one number, not series. Compare something, so that only what is wrong remains.</p>
    </div>`;
  }
  if (result.length === 0) {
    return html`<div class="answer is-healthy" role="status"><${Mark} of="healthy" size=${18} /><p>It is valid and would raise no alert now.</p></div>`;
  }
  const names = distinctNames(result.map((sample) => sample.metric));
  return html`<div class="answer is-warning" role="status">
    <${Mark} of="warning" size=${18} />
    <div class="grow stack-s">
      <p>It is valid and would raise <b>${count(result.length, 'alert')}</b> now.</p>
      <ul class="sample-list">
        ${result
          .slice(0, SHOWN_MAX)
          .map(
            (sample, index) =>
              html`<li key=${index}><span class="break">${names[index]}</span><b>${formatValue(Number(sample.value[1]))}</b></li>`,
          )}
      </ul>
    </div>
  </div>`;
}

/** A series as PromQL writes it, without the tags that only machines need. */
export function seriesName(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', monitor_id: _monitor, ...labels } = metric;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name || '{}' : `${name}{${pairs.join(', ')}}`;
}
