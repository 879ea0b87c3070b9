/** What a simulated agent serves: objects in OID order, each with a value that may change between requests. */
import { TAG } from './ber.ts';
import { encodeOid } from './oid.ts';

export interface MibNumber {
  readonly type: 'integer' | 'counter32' | 'gauge32' | 'timeTicks' | 'counter64';
  value: number;
}

export interface MibText {
  readonly type: 'octetString' | 'oid';
  value: string;
}

export type MibValue = MibNumber | MibText;

export interface MibObject {
  readonly oid: Uint8Array;
  readonly arcs: readonly number[];
  readonly object: MibValue;
}

export class Mib {
  readonly #objects: readonly MibObject[];

  /** @throws RangeError on an OID that is none */
  constructor(values: ReadonlyMap<string, MibValue>) {
    this.#objects = [...values]
      .map(([text, object]) => ({ oid: encodeOid(text), arcs: text.split('.').map(Number), object }))
      .sort((a, b) => compareArcs(a.arcs, b.arcs));
  }

  get(arcs: readonly number[]): MibObject | undefined {
    const found = this.#objects[this.#indexOf(arcs)];
    return found && compareArcs(found.arcs, arcs) === 0 ? found : undefined;
  }

  /** The first object after `arcs`, as GETNEXT asks. */
  next(arcs: readonly number[]): MibObject | undefined {
    const index = this.#indexOf(arcs);
    const found = this.#objects[index];
    return found && compareArcs(found.arcs, arcs) === 0 ? this.#objects[index + 1] : found;
  }

  /** Index of the first object at or after `arcs`. */
  #indexOf(arcs: readonly number[]): number {
    let low = 0;
    let high = this.#objects.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareArcs(this.#objects[middle]!.arcs, arcs) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compareArcs(a: readonly number[], b: readonly number[]): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Tag and content bytes of a value. */
export function encodeMibValue(object: MibValue): { tag: number; content: Uint8Array } {
  switch (object.type) {
    case 'octetString':
      return { tag: TAG.octetString, content: Buffer.from(object.value, 'latin1') };
    case 'oid':
      return { tag: TAG.oid, content: encodeOid(object.value) };
    default:
      return { tag: TAG[object.type], content: integerContent(Math.round(object.value)) };
  }
}

/** Shortest two's complement form. */
function integerContent(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(((rest % 256) + 256) % 256);
    rest = Math.floor(rest / 256);
  } while (!((rest === 0 && bytes[0]! < 128) || (rest === -1 && bytes[0]! >= 128)));
  return Uint8Array.from(bytes);
}
