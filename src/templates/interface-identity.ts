/**
 * The stored `ifname` of an interface: ifName, else ifDescr, else `if<index>`, made unique; assigned once and found
 * again by name, then alias, then MAC address when a device has renumbered its interfaces.
 */

import type { ObservedInterface } from '../model/observation.ts';

type InterfaceNames = Pick<ObservedInterface, 'if_index' | 'name' | 'descr' | 'alias' | 'mac'>;
type AssignedName = InterfaceNames & Pick<ObservedInterface, 'ifname'>;

export class InterfaceIdentity {
  #assigned: readonly AssignedName[];

  /** @param known as assigned before */
  constructor(known: readonly AssignedName[] = []) {
    this.#assigned = known;
  }

  /** What the names were given to: looked through when the interfaces are found again. */
  keep(assigned: readonly AssignedName[]): void {
    this.#assigned = assigned;
  }

  /** The `ifname` of each interface, in the order given. */
  assign(interfaces: readonly InterfaceNames[]): string[] {
    const ifnames = new Array<string | undefined>(interfaces.length);
    const free = new Set(this.#assigned);
    const take = (i: number, known: AssignedName | undefined): void => {
      if (!known) return;
      ifnames[i] = known.ifname;
      free.delete(known);
    };
    // What sits where it sat and is called what it was called has not moved.
    interfaces.forEach((one, i) => {
      take(
        i,
        find(free, (known) => known.if_index === one.if_index && label(known) === label(one)),
      );
    });
    for (const same of [sameName, sameAlias, sameMac]) {
      interfaces.forEach((one, i) => {
        if (ifnames[i] !== undefined || !isUnique(interfaces, one, same)) return;
        const candidates = [...free].filter((known) => same(known, one));
        if (candidates.length === 1) take(i, candidates[0]);
      });
    }
    const used = new Set(ifnames.filter((ifname) => ifname !== undefined));
    const labels = new Map<string, number>();
    for (const one of interfaces) labels.set(label(one), (labels.get(label(one)) ?? 0) + 1);
    interfaces.forEach((one, i) => {
      if (ifnames[i] !== undefined) return;
      let ifname = label(one);
      if (labels.get(ifname)! > 1 || used.has(ifname)) ifname = `${ifname} #${one.if_index}`;
      while (used.has(ifname)) ifname += "'";
      used.add(ifname);
      ifnames[i] = ifname;
    });
    return ifnames as string[];
  }
}

function label(one: InterfaceNames): string {
  return one.name || one.descr || `if${one.if_index}`;
}

function find<T>(items: Iterable<T>, test: (item: T) => boolean): T | undefined {
  for (const item of items) if (test(item)) return item;
  return undefined;
}

type Same = (a: InterfaceNames, b: InterfaceNames) => boolean;
const sameName: Same = (a, b) => (a.name || a.descr) !== '' && label(a) === label(b);
const sameAlias: Same = (a, b) => a.alias !== '' && a.alias === b.alias;
const sameMac: Same = (a, b) => a.mac !== '' && a.mac === b.mac;

function isUnique(interfaces: readonly InterfaceNames[], one: InterfaceNames, same: Same): boolean {
  return interfaces.every((other) => other === one || !same(other, one));
}
