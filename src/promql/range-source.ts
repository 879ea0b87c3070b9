/** Loads a `Window` with one series after the other, from storage or from a subquery. */
import type { Evaluation } from './evaluation.ts';
import type { Grid, Matrix } from './matrix.ts';
import type { RangePlan, SubqueryPlan } from './plan.ts';
import { longestLookback, lookbackOf, type References, references, select } from './select.ts';
import { emptySamples, withoutStale } from './stale.ts';
import { Window } from './window.ts';

/** Called with the window of each series in turn; must not keep its arrays. The next one waits for a promise. */
export type VisitWindow = (window: Window) => Promise<void> | undefined;

/** Visits all series of a range selector or subquery. Returns the number of series, known before the first visit. */
export async function visitWindows(
  evaluation: Evaluation,
  plan: RangePlan | SubqueryPlan,
  grid: Grid,
  begin: (series: number) => void,
  visit: VisitWindow,
): Promise<void> {
  if (plan.kind === 'range') await visitSelector(evaluation, plan, grid, begin, visit);
  else await visitSubquery(evaluation, plan, grid, begin, visit);
}

async function visitSelector(
  evaluation: Evaluation,
  plan: RangePlan,
  grid: Grid,
  begin: (series: number) => void,
  visit: VisitWindow,
): Promise<void> {
  const { selector, rangeMs } = plan;
  const refs = references(grid, selector.offsetMs, selector.atMs);
  const window = new Window(grid, refs, rangeMs);
  const wideMs = selector.edges ? longestLookback(evaluation) : 0;
  const smooth = selector.edges === 'smoothed';
  const fromMs = refs.firstMs - rangeMs - wideMs;
  const all = await select(evaluation, selector.matchers, fromMs, refs.lastMs + (smooth ? wideMs : 0));
  const scratch = emptySamples();
  begin(all.length);
  for (const series of all) {
    if (evaluation.due()) await evaluation.rest();
    const beforeMs = selector.edges ? lookbackOf(evaluation, series) : 0;
    const afterMs = smooth ? beforeMs : 0;
    const buffer = evaluation.source.read(series, refs.firstMs - rangeMs - beforeMs, refs.lastMs + afterMs);
    if (buffer.count === 0) continue;
    evaluation.count(buffer.count);
    const samples = withoutStale(buffer, scratch);
    window.labels = series.labels;
    window.kind = series.kind;
    window.load(samples.times, samples.values, samples.count, beforeMs, afterMs);
    const visited = visit(window);
    if (visited) await visited;
  }
}

async function visitSubquery(
  evaluation: Evaluation,
  plan: SubqueryPlan,
  grid: Grid,
  begin: (series: number) => void,
  visit: VisitWindow,
): Promise<void> {
  const refs = references(grid, plan.offsetMs, plan.atMs);
  const inner = subqueryGrid(plan, refs);
  const window = new Window(grid, refs, plan.rangeMs);
  const matrix = await evaluation.evaluator.vector(plan.expr, inner);
  begin(matrix.rows);
  const times = new Float64Array(inner.count);
  const values = new Float64Array(inner.count);
  for (let row = 0; row < matrix.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const count = compact(matrix, row, inner, times, values);
    window.labels = matrix.labels[row]!;
    window.dropsName = matrix.dropsName[row]!;
    window.load(times, values, count);
    const visited = visit(window);
    if (visited) await visited;
  }
}

/** Steps of a subquery: multiples of its step that fall into any of the windows. */
export function subqueryGrid(plan: SubqueryPlan, refs: References): Grid {
  const { stepMs } = plan;
  const startMs = (Math.floor((refs.firstMs - plan.rangeMs) / stepMs) + 1) * stepMs;
  const count = Math.max(0, Math.floor((refs.lastMs - startMs) / stepMs) + 1);
  return { startMs, stepMs, count };
}

/** The samples of one row, without the empty cells. */
export function compact(matrix: Matrix, row: number, grid: Grid, times: Float64Array, values: Float64Array): number {
  const base = row * matrix.steps;
  let count = 0;
  for (let k = 0; k < matrix.steps; k++) {
    if (matrix.present[base + k] === 0) continue;
    times[count] = grid.startMs + k * grid.stepMs;
    values[count++] = matrix.values[base + k]!;
  }
  return count;
}
