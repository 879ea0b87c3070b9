/** `label_replace` and `label_join`. */
import { finishWithRests } from '../../lib/parts.ts';
import { compileRe2 } from '../../lib/re2.ts';
import { Re2Error } from '../../lib/re2-error.ts';
import type { LabelPairs } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import { labelValue, METRIC_NAME, withLabel } from '../labels.ts';
import type { Grid, Matrix } from '../matrix.ts';
import { mergeSameLabels } from '../merge.ts';
import type { CallPlan } from '../plan.ts';
import { PromqlError } from '../promql-error.ts';
import { isWellFormed, quote } from '../quote.ts';

function textOf(plan: CallPlan, i: number): string {
  const arg = plan.args[i]!;
  return arg.kind === 'text' ? arg.value : '';
}

function checkLabel(name: string, what: string, call: string): void {
  if (name === '' || !isWellFormed(name)) {
    throw new PromqlError('execution', `invalid ${what} label name in ${call}(): ${quote(name).slice(1, -1)}`);
  }
}

/** Longest label that these functions make, in UTF-16 units: in turn they could make any length from a few letters. */
const MAX_LENGTH = 2 ** 16;
/** Units of text that weigh as much as a sample. */
const UNITS_A_SAMPLE = 8;

/** Gives every row another value of the label, or leaves it for `undefined`. A row whose name was set keeps it. */
async function relabel(
  evaluation: Evaluation,
  plan: CallPlan,
  input: Matrix,
  target: string,
  newValue: (labels: LabelPairs) => string | undefined,
): Promise<Matrix> {
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const before = input.labels[row]!;
    const value = newValue(before);
    if (value === undefined) continue;
    if (value.length > MAX_LENGTH) {
      throw new PromqlError('execution', `${plan.name}() makes a label of more than ${MAX_LENGTH} characters`);
    }
    evaluation.count(Math.ceil(value.length / UNITS_A_SAMPLE));
    input.labels[row] = withLabel(before, target, value);
    if (target === METRIC_NAME) input.dropsName[row] = false;
  }
  return finishWithRests(mergeSameLabels(input), evaluation);
}

/** `$1`, `${1}`, `$name`, `${name}`, `$$` as Go's regular expressions expand them. */
function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (found, plain?: string, braced?: string) => {
    if (found === '$$') return '$';
    const name = plain ?? braced!;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}

export async function labelReplace(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const [target, replacement, source, pattern] = [1, 2, 3, 4].map((i) => textOf(plan, i)) as [
    string,
    string,
    string,
    string,
  ];
  let regex: ReturnType<typeof compileRe2>;
  try {
    regex = compileRe2(pattern);
  } catch (error) {
    if (!(error instanceof Re2Error)) throw error;
    throw new PromqlError('execution', `invalid regular expression in label_replace(): ${pattern}`);
  }
  checkLabel(target, 'destination', 'label_replace');
  const input = await evaluation.evaluator.vector(plan.args[0]!, grid);
  return relabel(evaluation, plan, input, target, (labels) => {
    const match = regex.exec(labelValue(labels, source));
    return match ? expand(replacement, match) : undefined;
  });
}

export async function labelJoin(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const target = textOf(plan, 1);
  const separator = textOf(plan, 2);
  const sources = plan.args.slice(3).map((_, i) => textOf(plan, i + 3));
  for (const source of sources) checkLabel(source, 'source', 'label_join');
  checkLabel(target, 'destination', 'label_join');
  const input = await evaluation.evaluator.vector(plan.args[0]!, grid);
  return relabel(evaluation, plan, input, target, (labels) =>
    sources.map((source) => labelValue(labels, source)).join(separator),
  );
}
