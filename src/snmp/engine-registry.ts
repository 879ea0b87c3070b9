/**
 * Which addresses use which SNMP engine ID. Cloned configurations and virtual machines share one; agents then disturb
 * each other's clocks in every manager, and nobody finds out why.
 */
export class EngineRegistry {
  readonly #addresses = new Map<string, Set<string>>();

  /** Notes that `address` uses this engine; returns the other addresses that do. */
  note(engineId: string, address: string): readonly string[] {
    let addresses = this.#addresses.get(engineId);
    if (!addresses) {
      addresses = new Set();
      this.#addresses.set(engineId, addresses);
    }
    addresses.add(address);
    return addresses.size === 1 ? [] : [...addresses].filter((other) => other !== address);
  }

  forget(engineId: string, address: string): void {
    const addresses = this.#addresses.get(engineId);
    addresses?.delete(address);
    if (addresses?.size === 0) this.#addresses.delete(engineId);
  }
}
