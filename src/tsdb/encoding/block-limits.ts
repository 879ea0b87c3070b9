/** Most rows of one block: bounds every buffer that a block is decoded into. */
export const MAX_BLOCK_ROWS = 8192;
