/** The values of the rows that come in, as 32-bit halves: the caller hands over the same array again and again. */
export class RowInput {
  #values: Float64Array = new Float64Array(0);
  #halves: Int32Array = new Int32Array(0);

  halves(values: Float64Array): Int32Array {
    if (values !== this.#values) {
      this.#values = values;
      this.#halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    }
    return this.#halves;
  }
}
