/** The stale marker: a signalling NaN that says "this series has ended here". Written and compared as two halves. */
export const STALE_LOW = 2;
export const STALE_HIGH = 0x7ff00000;
