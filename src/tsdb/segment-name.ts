/**
 * Names of segment files: `FIRST-LAST-REVISION.seg`. A flush writes one sequence number; a merged segment covers the
 * numbers from FIRST to LAST and takes the place of LAST; REVISION grows when the same numbers are written anew.
 */
export interface SegmentName {
  readonly first: number;
  readonly last: number;
  readonly revision: number;
}

const PATTERN = /^(\d{10})-(\d{10})-(\d{4})\.seg$/;
/** Ending of segments that were set aside. */
export const DAMAGED_SUFFIX = '.damaged';
export const TEMPORARY_SUFFIX = '.tmp';

export function segmentFileName({ first, last, revision }: SegmentName): string {
  return `${digits(first, 10)}-${digits(last, 10)}-${digits(revision, 4)}.seg`;
}

export function parseSegmentName(name: string): SegmentName | undefined {
  const match = PATTERN.exec(name);
  return match ? { first: Number(match[1]), last: Number(match[2]), revision: Number(match[3]) } : undefined;
}

/** Whether `a` was made of `b` (and others) or of a former `a`: then `b` is superfluous if both lie in one window. */
export function replaces(a: SegmentName, b: SegmentName): boolean {
  if (a.first > b.first || a.last < b.last) return false;
  return a.first < b.first || a.last > b.last || a.revision > b.revision;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
