/**
 * The write-ahead log's bytes: 32-bit little-endian words throughout (see FORMAT.md). A file is a header and frames; a
 * frame is what one commit wrote. Every file explains itself: symbols, schemas and row groups are defined again in each.
 *
 * Frame: CRC-32 (zlib) of everything behind it; length of the rest in bytes; base time (float64); records.
 * The first word of a record is `number << 3 | kind`.
 */
export const WAL_MAGIC = 0x4c415754; // "TWAL"
export const WAL_VERSION = 1;
/** Magic, version, and the file's number as 64 bits. */
export const WAL_HEADER_BYTES = 16;
/** CRC, length, base time. */
export const FRAME_HEADER_WORDS = 4;

export const RECORD = {
  /** Row group; time; mask of changed columns (of the first 32); their values. The others are those of the row before. */
  delta: 0,
  /** Row group; time; count; values of columns 0 … count - 1. */
  full: 1,
  /** Row group; time; number of mask words; mask of present columns; count; values. */
  sparse: 2,
  /** Row group; tenant; measurement; schema; number of tags; name and value of each. */
  group: 3,
  /** As delta, with the number of mask words before the mask. */
  wideDelta: 4,
  /** Schema; parent; field. */
  schema: 5,
  /** Symbol; length in bytes; UTF-8, padded. */
  symbol: 6,
  /** See OTHER. */
  other: 7,
} as const;

export const OTHER = {
  /** A base time for what follows, float64, at the next even word. */
  base: 0,
  /** Row group; schema: it has more columns now. */
  columns: 1,
} as const;

/** Times are stored as the distance from the base, which must fit in 32 bits. */
export const MAX_TIME_DISTANCE_MS = 0x7fffffff;
