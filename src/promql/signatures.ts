/** Names, argument types and result types of all functions. Implementations are in `functions/`. */
import type { ValueType } from './ast.ts';

export interface Signature {
  readonly args: readonly ValueType[];
  readonly returns: 'scalar' | 'vector';
  /** How many arguments beyond the required ones: the last type repeats or is optional. -1: any number. */
  readonly variadic: number;
}

const table = new Map<string, Signature>();

function add(names: string, args: string, returns: Signature['returns'] = 'vector', variadic = 0): void {
  const types = args === '' ? [] : (args.split(' ') as ValueType[]);
  for (const name of names.split(' ')) table.set(name, { args: types, returns, variadic });
}

add('abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh', 'vector');
add('sort sort_desc sqrt tan tanh timestamp start_timestamp', 'vector');
add('histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', 'vector');
add(
  'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate',
  'matrix',
);
add('last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets', 'matrix');
add('stddev_over_time stdvar_over_time sum_over_time', 'matrix');
add('ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time', 'matrix');
add('days_in_month day_of_month day_of_week day_of_year hour minute month year', 'vector', 'vector', 1);
add('clamp', 'vector scalar scalar');
add('clamp_max clamp_min', 'vector scalar');
add('round', 'vector scalar', 'vector', 1);
add('double_exponential_smoothing', 'matrix scalar scalar');
add('predict_linear', 'matrix scalar');
add('quantile_over_time', 'scalar matrix');
add('histogram_fraction', 'scalar scalar vector');
add('histogram_quantile', 'scalar vector');
add('histogram_quantiles', 'vector string scalar scalar', 'vector', 9);
add('info', 'vector vector', 'vector', 1);
add('label_replace', 'vector string string string string');
add('label_join', 'vector string string string', 'vector', -1);
add('sort_by_label sort_by_label_desc', 'vector string', 'vector', -1);
add('pi time start end step range', '', 'scalar');
add('min_of max_of', 'scalar scalar', 'scalar');
add('scalar', 'vector', 'scalar');
add('vector', 'scalar');

/** The signature of a function, or undefined when there is none of that name. */
export function signatureOf(name: string): Signature | undefined {
  return table.get(name);
}
