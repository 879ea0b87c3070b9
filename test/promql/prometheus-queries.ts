/** Queries that Prometheus 2.x and we must answer alike, and how far the answers may differ. */

const STRICT = 1e-12;
/** For what subtracts large numbers from each other. */
const LOOSE = 1e-9;

export interface Comparison {
  readonly query: string;
  readonly tolerance: number;
}

const queries: Comparison[] = [];

function add(tolerance: number, ...texts: readonly string[]): void {
  for (const query of texts) queries.push({ query, tolerance });
}

const WINDOWS = ['1m', '5m', '11m', '1h'];
const COUNTERS = ['requests_total', 'requests_total{job="api"}', 'requests_total{host=~"h[1-3]"}', 'octets'];
const GAUGES = ['temperature', 'temperature{site!="north"}', 'load'];

for (const window of WINDOWS) {
  for (const counter of COUNTERS) {
    for (const name of ['rate', 'increase', 'irate']) add(STRICT, `${name}(${counter}[${window}])`);
  }
  for (const gauge of GAUGES) {
    for (const name of ['avg', 'min', 'max', 'sum', 'count', 'last', 'present']) {
      add(STRICT, `${name}_over_time(${gauge}[${window}])`);
    }
    add(LOOSE, `stddev_over_time(${gauge}[${window}])`, `stdvar_over_time(${gauge}[${window}])`);
    add(LOOSE, `deriv(${gauge}[${window}])`, `predict_linear(${gauge}[${window}], 3600)`);
    add(STRICT, `quantile_over_time(0.9, ${gauge}[${window}])`, `idelta(${gauge}[${window}])`);
    add(STRICT, `changes(${gauge}[${window}])`, `delta(${gauge}[${window}])`);
  }
  add(STRICT, `resets(requests_total[${window}])`, `absent_over_time(nothing{a="b"}[${window}])`);
}
for (const op of ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar']) {
  const tolerance = op.startsWith('std') ? LOOSE : STRICT;
  add(tolerance, `${op}(temperature)`, `${op} by (site) (temperature)`, `${op} without (host, room) (temperature)`);
  add(tolerance, `${op} by (job) (rate(requests_total[5m]))`);
}
for (const q of ['0', '0.25', '0.5', '0.99', '1']) {
  add(STRICT, `quantile(${q}, temperature)`, `quantile by (site) (${q}, temperature)`);
  add(STRICT, `histogram_quantile(${q}, rate(latency_bucket[5m]))`);
  add(STRICT, `histogram_quantile(${q}, sum by (le, job) (rate(latency_bucket[11m])))`);
}
for (const name of ['abs', 'ceil', 'floor', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'sgn', 'round', 'deg', 'rad']) {
  add(STRICT, `${name}(temperature - 21)`);
}
for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh']) {
  add(STRICT, `${name}((temperature - 20) / 10)`);
}
for (const op of ['+', '-', '*', '/', '%', '^', 'atan2']) {
  add(STRICT, `temperature ${op} on (host, room) humidity`);
  // Prometheus 2.x forgets to drop the metric name here.
  if (op !== 'atan2') add(STRICT, `temperature ${op} 3`, `3 ${op} temperature`);
}
for (const op of ['==', '!=', '<', '<=', '>', '>=']) {
  add(STRICT, `temperature ${op} 21`, `21 ${op} bool temperature`, `temperature ${op} bool on (host, room) humidity`);
  add(STRICT, `temperature ${op} on (host, room) (humidity / 2)`);
}
for (const part of ['minute', 'hour', 'day_of_week', 'day_of_month', 'day_of_year', 'days_in_month', 'month', 'year']) {
  add(STRICT, `${part}()`, `${part}(temperature * 1e8)`);
}
add(
  STRICT,
  'temperature',
  'temperature offset 7m',
  'temperature offset -3m',
  'rate(requests_total[5m] offset 10m)',
  'temperature and on (host) up',
  'temperature or humidity',
  'temperature or on (host) humidity',
  'temperature unless on (host) (up == 0)',
  'temperature and ignoring (room, site) up',
  'temperature * on (host) group_left (rack) host_info',
  'host_info * on (host) group_right (rack) temperature',
  'sum by (rack) (temperature * on (host) group_left (rack) host_info)',
  'rate(requests_total{code="500"}[5m]) / ignoring (code) group_left sum without (code) (rate(requests_total[5m]))',
  'sum(rate(requests_total[5m])) by (job) / sum(rate(requests_total[11m])) by (job)',
  'topk(3, temperature)',
  'bottomk(2, temperature)',
  'topk by (site) (1, temperature)',
  'bottomk by (site) (1, rate(requests_total[5m]))',
  'count_values("value", up)',
  'count_values by (job) ("value", up)',
  'absent(nothing)',
  'absent(temperature)',
  'absent(nothing{job="api", host=~"x"})',
  'scalar(sum(temperature))',
  'scalar(temperature)',
  'vector(time())',
  'time()',
  'time() - timestamp(temperature)',
  'timestamp(temperature offset 5m)',
  'pi() * 2',
  '1 + 2 * 3 ^ 2 ^ 0.5 - 7 % 4',
  '-temperature',
  '-(temperature + 1) ^ 2',
  'clamp(temperature, 19, 22)',
  'clamp_min(temperature, 21)',
  'clamp_max(temperature, 21)',
  'round(temperature, 0.25)',
  'round(temperature, 5)',
  'label_replace(temperature, "place", "$1/$2", "room", "(r)(.*)")',
  'label_replace(temperature, "host", "", "host", ".*1")',
  'label_join(temperature, "place", "-", "site", "room")',
  'sum by (place) (label_join(temperature, "place", "-", "site", "room"))',
  'max_over_time(rate(requests_total[5m])[30m:1m])',
  'avg_over_time(sum(temperature)[20m:30s])',
  'min_over_time(temperature[10m:20s])',
  'sum_over_time((temperature > 21)[15m:1m])',
  'quantile_over_time(0.5, sum by (site) (temperature)[20m:1m])',
  'rate(sum by (job) (requests_total)[10m:30s])',
  'max_over_time(avg_over_time(temperature[5m])[20m:1m] offset 5m)',
  'count_over_time(up[20m:1m])',
  'deriv(temperature[1h]) * 0 + 1',
  'increase(octets[1h]) > 1e6',
  'sum(increase(octets[1h])) / sum(rate(octets[1h]))',
  'avg(rate(octets[5m]) * 8) by (host)',
  '{__name__=~"temperature|humidity", room="r1"}',
  '{host="h1", job!="", __name__!~"latency.*|requests.*"}',
  'temperature{room=~"r[12]", site!~"no.*"}',
  'temperature{room=~"r1|r2|r3"}',
  'temperature{site=~".+th"}',
  'latency_sum / latency_count',
  'rate(latency_sum[5m]) / rate(latency_count[5m])',
  'sum(latency_bucket) by (le)',
  'sum(up) / count(up)',
  'up == 0',
  'sum(temperature) > bool 100',
  'max(temperature) - min(temperature)',
  'sum(sum_over_time(load[11m])) by (host)',
  'stdvar_over_time(up[1h])',
  'irate(octets[5m]) > 0',
  'sort(temperature)',
  'sort_desc(temperature)',
  'last_over_time(late[1h])',
  'late',
  'sum(late) or sum(temperature)',
);
add(
  LOOSE,
  'predict_linear(load[1h], -1800)',
  'avg_over_time(temperature[1h]) - avg_over_time(temperature[1h] offset 1h)',
  'deriv(octets[5m])',
  'stddev_over_time(octets[5m])',
  'stddev by (site) (avg_over_time(temperature[5m]))',
);

export const QUERIES: readonly Comparison[] = queries;
