/** What became of the rows of one body: counted by the parsers, sent back to the sender. */

/** Refusals that are spelled out; the rest is only counted. */
export const MAX_REFUSALS_SPELLED = 20;

export interface RowRefusalNote {
  /** 1-based line, record or series of the body. */
  readonly line: number;
  readonly reason: string;
}

export class IngestTally {
  /** 1-based line, record or series that is being read. */
  line = 0;
  acceptedRows = 0;
  acceptedSamples = 0;
  refusedRows = 0;
  skippedStrings = 0;
  /** Things that are understood and deliberately not stored (exemplars, native histograms). */
  ignored = 0;
  readonly refusals: RowRefusalNote[] = [];

  /** Whether the next refusal is spelled out: asks before a sentence is made for nobody. */
  get spells(): boolean {
    return this.refusals.length < MAX_REFUSALS_SPELLED;
  }

  refuse(line: number, reason: string): void {
    this.refusedRows++;
    if (this.spells) this.refusals.push({ line, reason });
  }
}
