/** Bytes that no encoder of ours wrote. Callers that know the file wrap it with path and offset. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}
