/**
 * The disk budget, split over the parts of the folder. Each part keeps below its share, what is being written included,
 * so the folder as a whole never exceeds the budget.
 */

/** Folders themselves, the format file, and rounding. */
const OVERHEAD_BYTES = 96 * 1024;
const MIN_BUDGET_BYTES = 4 * 2 ** 20;
const MiB = 2 ** 20;

export interface Shares {
  /** The log; also the room for a segment while it is flushed. */
  readonly walBytes: number;
  /** Files that are being written: by a flush or a merge. */
  readonly temporaryBytes: number;
  readonly rawBytes: number;
  readonly fiveMinuteBytes: number;
  readonly hourBytes: number;
  /** A merged segment may become this large. */
  readonly segmentBytes: number;
}

/** @throws RangeError when the budget is too small to work with */
export function sharesOf(budgetBytes: number): Shares {
  if (!(budgetBytes >= MIN_BUDGET_BYTES)) {
    throw new RangeError(`a disk budget of ${budgetBytes} bytes is too small: at least ${MIN_BUDGET_BYTES} are needed`);
  }
  const bytes = budgetBytes - OVERHEAD_BYTES;
  const walBytes = Math.floor(Math.min(bytes * 0.12, 1024 * MiB));
  const temporaryBytes = Math.floor(Math.min(bytes * 0.12, 1024 * MiB));
  const rest = bytes - walBytes - temporaryBytes;
  const fiveMinuteBytes = Math.floor(rest * 0.22);
  const hourBytes = Math.floor(rest * 0.12);
  return {
    walBytes,
    temporaryBytes,
    rawBytes: rest - fiveMinuteBytes - hourBytes,
    fiveMinuteBytes,
    hourBytes,
    segmentBytes: Math.min(temporaryBytes / 2, 256 * MiB),
  };
}
