/**
 * Seeded fuzzing. The unit suite runs a few inputs with the fixed seed; `TELLTALE_FUZZ=100000` runs that many and
 * `TELLTALE_FUZZ_SEED=7` other ones. A failure names the seed and the input's number, which together repeat it.
 */
import assert from 'node:assert/strict';

export interface FuzzRandom {
  /** 0 ≤ n < bound, whole. */
  below(bound: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
}

export function seededRandom(seed: number): FuzzRandom {
  let state = (seed * 2654435761) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  for (let i = 0; i < 8; i++) next();
  const below = (bound: number) => next() % bound;
  return {
    below,
    pick: (items) => items[below(items.length)]!,
    chance: (probability) => next() / 2 ** 32 < probability,
  };
}

const envNumber = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** Runs `check` on so many inputs, each with its own random source. */
export async function fuzz(defaultCount: number, check: (random: FuzzRandom) => void | Promise<void>): Promise<void> {
  const count = envNumber('TELLTALE_FUZZ', defaultCount);
  const seed = envNumber('TELLTALE_FUZZ_SEED', 1);
  for (let i = 0; i < count; i++) {
    try {
      await check(seededRandom(seed * 1_000_003 + i));
    } catch (error) {
      assert.fail(`input ${i} of seed ${seed}: ${(error as Error).stack}`);
    }
  }
}

/** Changes, drops, repeats and inserts a few bytes. */
export function mutate(bytes: Uint8Array, random: FuzzRandom): Uint8Array<ArrayBuffer> {
  let mutated = [...bytes];
  for (let n = random.below(4); n >= 0; n--) {
    const at = random.below(mutated.length + 1);
    switch (random.below(4)) {
      case 0:
        if (at < mutated.length) mutated[at] = random.below(256);
        break;
      case 1:
        mutated.splice(at, 1 + random.below(4));
        break;
      case 2:
        mutated.splice(at, 0, random.pick([10, 13, 32, 34, 35, 44, 45, 46, 61, 92, 0, 255, 128]));
        break;
      default:
        mutated = [...mutated.slice(0, at), ...mutated.slice(random.below(at + 1), at), ...mutated.slice(at)];
    }
  }
  return Uint8Array.from(mutated);
}
