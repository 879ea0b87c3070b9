/** What the identity of a row group may be. */
import { ConflictError } from '../model/limit-error.ts';
import { type EngineLimits, limitReached } from './limits.ts';

/** @throws LimitError, ConflictError */
export function checkName(name: string, what: 'measurement' | 'tag name' | 'field name', limits: EngineLimits): void {
  if (name === '' && what !== 'field name') throw new ConflictError(`a ${what} may not be empty`);
  // A UTF-16 unit is at most three bytes: most names need no count of bytes.
  if (name.length * 3 > limits.maxLabelNameBytes && Buffer.byteLength(name) > limits.maxLabelNameBytes) {
    throw limitReached(
      'maxLabelNameBytes',
      `a ${what} may have ${limits.maxLabelNameBytes} bytes: ${name.slice(0, 40)}…`,
    );
  }
}

/** Indices of the names in flattened name, value pairs, in order of the names. @throws LimitError, ConflictError */
export function sortedTags(tags: readonly string[], limits: EngineLimits): number[] {
  const count = tags.length >> 1;
  if (count > limits.maxLabelsPerSeries) {
    throw limitReached('maxLabelsPerSeries', `a row may have ${limits.maxLabelsPerSeries} tags, this one has ${count}`);
  }
  const order: number[] = [];
  for (let i = 0; i < tags.length; i += 2) {
    const name = tags[i]!;
    const value = tags[i + 1]!;
    checkName(name, 'tag name', limits);
    if (name === '__name__') throw new ConflictError('a tag may not be called __name__: that is the metric itself');
    if (value.length * 3 > limits.maxLabelValueBytes && Buffer.byteLength(value) > limits.maxLabelValueBytes) {
      throw limitReached(
        'maxLabelValueBytes',
        `the value of tag ${name} is longer than ${limits.maxLabelValueBytes} bytes`,
      );
    }
    order.push(i);
  }
  order.sort((a, b) => (tags[a]! < tags[b]! ? -1 : tags[a]! > tags[b]! ? 1 : 0));
  for (let i = 1; i < order.length; i++) {
    if (tags[order[i]!] === tags[order[i - 1]!]) throw new ConflictError(`tag ${tags[order[i]!]} is given twice`);
  }
  return order;
}
