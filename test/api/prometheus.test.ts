/** Shapes and sentences of the Prometheus HTTP API, as Prometheus 3 has them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { unescapeName } from '../../src/api/prometheus-parameters.ts';
import { type MetricServer, startMetricServer } from '../support/metric-server.ts';

const AT_MS = Math.floor(Date.now() / 60_000) * 60_000;
const AT = AT_MS / 1000;
const SLOW = 'max_over_time(count_over_time(net_octets_total[10m])[10d:1s])';

async function fill(server: MetricServer): Promise<void> {
  const lines: string[] = [];
  for (let i = 0; i <= 10; i++) {
    lines.push(`net,host=a octets_total=${i * 100},up=t ${AT_MS - (10 - i) * 10_000}`);
    lines.push(`net,host=b octets_total=${i * 200} ${AT_MS - (10 - i) * 10_000}`);
  }
  const response = await server.fetch('/write?precision=ms', { method: 'POST', body: lines.join('\n') });
  assert.equal(response.status, 204, await response.text());
}

test('the answers of the API, GET and POST alike', async () => {
  await using server = await startMetricServer();
  await fill(server);
  const metric = { __name__: 'net_octets_total', host: 'b' };
  const cases: readonly [string, Record<string, string | number>, unknown][] = [
    [
      'query',
      { query: 'net_octets_total{host="b"}', time: AT },
      { resultType: 'vector', result: [{ metric, value: [AT, '2000'] }] },
    ],
    ['query', { query: '1.5 + 1', time: AT }, { resultType: 'scalar', result: [AT, '2.5'] }],
    ['query', { query: '"text"', time: AT }, { resultType: 'string', result: [AT, 'text'] }],
    [
      'query',
      { query: 'net_octets_total{host="b"}[15s]', time: new Date(AT_MS).toISOString() },
      {
        resultType: 'matrix',
        result: [
          {
            metric,
            values: [
              [AT - 10, '1800'],
              [AT, '2000'],
            ],
          },
        ],
      },
    ],
    [
      'query_range',
      { query: 'rate(net_octets_total{host="b"}[1m])', start: AT - 10, end: AT, step: '10s' },
      {
        resultType: 'matrix',
        result: [
          {
            metric: { host: 'b' },
            values: [
              [AT - 10, '20'],
              [AT, '20'],
            ],
          },
        ],
      },
    ],
    ['series', { 'match[]': 'net_up' }, [{ __name__: 'net_up', host: 'a' }]],
    ['labels', {}, ['__name__', 'host']],
    ['labels', { 'match[]': '{host="nobody"}' }, []],
    [
      'format_query',
      { query: 'sum( rate(net_octets_total[5m]) )by(host)' },
      'sum by (host) (rate(net_octets_total[5m]))',
    ],
  ];
  for (const [path, parameters, data] of cases) {
    const form = new URLSearchParams(parameters as Record<string, string>);
    const got = await server.fetch(`/api/v1/${path}?${form}`);
    assert.equal(got.headers.get('content-type'), 'application/json');
    assert.deepEqual(await got.json(), { status: 'success', data }, path);
    const posted = await server.fetch(`/api/v1/${path}`, { method: 'POST', body: form });
    assert.deepEqual(await posted.json(), { status: 'success', data }, path);
  }
  const values = await (await server.fetch('/api/v1/label/host/values')).json();
  assert.deepEqual(values, { status: 'success', data: ['a', 'b'] });
});

test('limit cuts the answer and says so', async () => {
  await using server = await startMetricServer();
  await fill(server);
  for (const path of [
    `query?query=net_octets_total&time=${AT}`,
    `query_range?query=net_octets_total&start=${AT}&end=${AT}&step=1`,
    'series?match[]=net_octets_total',
    'labels?x=',
    'label/host/values?x=',
  ]) {
    const body = (await (await server.fetch(`/api/v1/${path}&limit=1`)).json()) as {
      data: unknown;
      warnings: string[];
    };
    const items = (body.data as { result?: unknown[] }).result ?? (body.data as unknown[]);
    assert.equal(items.length, 1, path);
    assert.deepEqual(body.warnings, ['results truncated due to limit'], path);
  }
});

test('wrong parameters are refused in the words of Prometheus', async () => {
  await using server = await startMetricServer();
  const step = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
  const cases: readonly [string, string][] = [
    [
      'query?query=up&time=x',
      `invalid parameter "time": Invalid time value for 'time': cannot parse "x" to a valid timestamp`,
    ],
    ['query?query=sum(', 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'],
    ['query?query=up&timeout=x', 'invalid parameter "timeout": cannot parse "x" to a valid duration'],
    ['query?query=up&limit=-1', 'invalid parameter "limit": limit must be non-negative'],
    ['query_range?query=up&end=1&step=1', 'invalid parameter "start": cannot parse "" to a valid timestamp'],
    [
      'query_range?query=up&start=2&end=1&step=1',
      'invalid parameter "end": end timestamp must not be before start time',
    ],
    ['query_range?query=up&start=1&end=2&step=0', `invalid parameter "step": ${step}`],
    ['query_range?query=up&start=1&end=2&step=z', 'invalid parameter "step": cannot parse "z" to a valid duration'],
    [
      'query_range?query=up&start=0&end=11001&step=1',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    ['series', 'no match[] parameter provided'],
    ['metadata?limit=x', 'limit must be a number'],
    ['metadata?limit_per_metric=x', 'limit_per_metric must be a number'],
    [
      'query?query=up%7Bhost%3D~%22%5B%22%7D',
      'invalid parameter "query": 1:4: parse error: error parsing regexp: missing closing ]: `[`',
    ],
    [
      'query?query=1e1000',
      'invalid parameter "query": 1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e1000": value out of range',
    ],
  ];
  for (const [path, error] of cases) {
    const response = await server.fetch(`/api/v1/${path}`);
    assert.equal(response.status, 400, path);
    assert.deepEqual(await response.json(), { status: 'error', errorType: 'bad_data', error }, path);
  }
});

test('names beyond ASCII are found under the escaped form that clients put into a path', () => {
  const cases: readonly [string, string][] = [
    ['host', 'host'],
    ['U__h_f4_te', 'hôte'],
    ['U__a__b_2e_c', 'a_b.c'],
    ['U__my__name', 'my_name'],
    ['U___1f321_', '\u{1f321}'],
    ['U__a_', 'U__a_'],
    ['U__a_zz_', 'U__a_zz_'],
    ['U___d800_', 'U___d800_'],
    ['U___1234567_', 'U___1234567_'],
  ];
  for (const [escaped, name] of cases) assert.equal(unescapeName(escaped), name, escaped);
});

test('11,001 points are answered, as by Prometheus: the limit is on the steps between them', async () => {
  await using server = await startMetricServer();
  for (const end of ['11000', '11000.9']) {
    const response = await server.fetch(`/api/v1/query_range?query=vector(1)&start=0&end=${end}&step=1`);
    assert.equal(response.status, 200, end);
    const { data } = (await response.json()) as { data: { result: { values: unknown[] }[] } };
    assert.equal(data.result[0]!.values.length, 11_001, end);
  }
});

test('time-outs and look-back are taken from the request', async () => {
  await using server = await startMetricServer();
  await fill(server);
  const late = await server.fetch(`/api/v1/query?query=net_octets_total&time=${AT + 100}&lookback_delta=50s`);
  assert.deepEqual(((await late.json()) as { data: { result: unknown[] } }).data.result, []);
  const question = new URLSearchParams({ query: `${SLOW} + ${SLOW}`, timeout: '1ms' });
  const slow = await server.fetch(`/api/v1/query?${question}`);
  assert.equal(slow.status, 503);
  assert.equal(((await slow.json()) as { errorType: string }).errorType, 'timeout');
});

test('a query ends when its client goes away', async () => {
  await using server = await startMetricServer({ readLimits: { querySamples: 1e12 } });
  const lines = Array.from({ length: 500 }, (_, i) => `m,n=${i} f=1 ${AT_MS - 86_400_000}\nm,n=${i} f=1 ${AT_MS}`);
  await server.fetch('/write?precision=ms', { method: 'POST', body: lines.join('\n') });
  const running = async () => /^telltale_queries_running (\d+)$/m.exec(await server.store.metrics())?.[1];
  const abort = new AbortController();
  const query = Array.from({ length: 50 }, () => 'sum(max_over_time(count_over_time(m_f[1d])[1d:1s]))').join(' + ');
  const answer = server.fetch(`/api/v1/query?${new URLSearchParams({ query })}`, { signal: abort.signal });
  while ((await running()) !== '1');
  abort.abort();
  await assert.rejects(answer, { name: 'AbortError' });
  while ((await running()) !== '0');
});

test('clients learn which Prometheus we speak like', async () => {
  await using server = await startMetricServer();
  const { status, data } = (await (await server.fetch('/api/v1/status/buildinfo')).json()) as {
    status: string;
    data: Record<string, string>;
  };
  assert.equal(status, 'success');
  assert.match(data.version ?? '', /^3\.\d+\.\d+$/);
});
