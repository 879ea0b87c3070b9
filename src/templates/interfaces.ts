/**
 * Interfaces of a device from IF-MIB (RFC 2863): which there are, which are polled, their counters. 64-bit counters
 * where a row has them, 32-bit ones else; ifHighSpeed before ifSpeed.
 */
import type { InterfaceRuling } from '../model/interface-rule.ts';
import type { ObservedInterface } from '../model/observation.ts';
import { CounterGuard } from './counter-guard.ts';
import { InterfaceIdentity } from './interface-identity.ts';
import type { EndedRow, FetchGroup, GroupData, PolledRow } from './poll-plan.ts';
import { toMac, toNumber, toText, type Value } from './value.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';

export const IF_STATIC_INTERVAL_S = 300;
const IF_SLOW_INTERVAL_S = 60;

/** What says whether there are interfaces at all, and whether they have 64-bit counters. */
export const IF_PROBES = [`${IF}.1`, `${IF}.2`, `${IFX}.1`, `${IFX}.6`] as const;

const STATIC_COLUMNS = {
  descr: `${IF}.2`,
  type: `${IF}.3`,
  speed: `${IF}.5`,
  mac: `${IF}.6`,
  admin: `${IF}.7`,
  oper: `${IF}.8`,
  name: `${IFX}.1`,
  hcIn: `${IFX}.6`,
  highSpeed: `${IFX}.15`,
  alias: `${IFX}.18`,
} as const;
const STATIC_NAMES = Object.keys(STATIC_COLUMNS) as (keyof typeof STATIC_COLUMNS)[];

interface Column {
  readonly field: string;
  /** 64-bit column, else 32-bit column. */
  readonly wide?: string;
  readonly narrow?: string;
  readonly isCounter: boolean;
}

const counter = (field: string, narrow: string, wide?: string): Column => ({
  field,
  narrow,
  ...(wide ? { wide } : {}),
  isCounter: true,
});

/** Every poll. */
const LIVE: readonly Column[] = [
  counter('in_octets', `${IF}.10`, `${IFX}.6`),
  counter('out_octets', `${IF}.16`, `${IFX}.10`),
  counter('in_unicast_packets', `${IF}.11`, `${IFX}.7`),
  counter('out_unicast_packets', `${IF}.17`, `${IFX}.11`),
  counter('in_errors', `${IF}.14`),
  counter('out_errors', `${IF}.20`),
  counter('in_discards', `${IF}.13`),
  counter('out_discards', `${IF}.19`),
  { field: 'oper_status', narrow: `${IF}.8`, isCounter: false },
  { field: 'admin_status', narrow: `${IF}.7`, isCounter: false },
];
/** Once a minute. */
const SLOW: readonly Column[] = [
  counter('in_multicast_packets', `${IFX}.2`, `${IFX}.8`),
  counter('in_broadcast_packets', `${IFX}.3`, `${IFX}.9`),
  counter('out_multicast_packets', `${IFX}.4`, `${IFX}.12`),
  counter('out_broadcast_packets', `${IFX}.5`, `${IFX}.13`),
  { field: 'last_change_seconds', narrow: `${IF}.9`, isCounter: false },
];
const COLUMNS: readonly Column[] = [...LIVE, ...SLOW];

/** ifType of interfaces that exist as hardware or bundle hardware: polled even while they are down. */
const PHYSICAL: ReadonlySet<number> = new Set([
  6, 7, 9, 15, 18, 26, 30, 37, 39, 49, 56, 62, 69, 71, 94, 95, 96, 97, 117, 161, 166, 169, 171, 230, 238, 251, 279, 278,
]);
/** Loopbacks, CPU ports, stack planes and the like: shown, not polled. */
const IGNORED: ReadonlySet<number> = new Set([1, 24, 33, 34, 126, 160, 202, 225]);
const IGNORED_NAME =
  /^(?:lo\d*|null\d*|loopback.*|unrouted.*|cpu\b.*|sit\d+|gre\d+|gretap\d+|erspan\d+|ip6?tnl\d+|ip6?_vti\d+|ip6gre\d+|tunl\d+|teql\d+|imq\d+|ifb\d+|dummy\d+|bonding_masters|stack(?:port|sub).*|control(?:led)?.*|async\d.*|voip-null.*|.*(?:wan miniport|qos packet scheduler|wfp .*filter|ndis |npcap|kernel debug|isatap|6to4|teredo|pppoe adapter|ip-https).*|pfsync\d*|pflog\d*|enc\d*|gif\d*|stf\d*|(?:dsc|gre|ipip|lsi|mtun|pimd|pime|tap|vlan|cbp|pip|jsrv|esi|fti|pp0|rbeb|vtep|irb|bme\d+|pfe-.*|pfh-.*)(?:\.\d+)?)$/i;

/** Whether an interface is polled when nobody has decided. `wasPolled`: a port that went down stays watched. */
export function isPolledByDefault(one: Omit<ObservedInterface, 'polled' | 'ifname'>, wasPolled: boolean): boolean {
  if (one.admin_status === 2) return false;
  if (IGNORED.has(one.type)) return false;
  const label = one.name || one.descr;
  // Some agents have mixed their names up: what has an Ethernet address and a speed is no loopback.
  const isEthernet = one.type === 6 && one.mac !== '' && one.speed_bits_per_second > 0;
  if ((IGNORED_NAME.test(label) || IGNORED_NAME.test(one.descr)) && !(isEthernet && /^loopback/i.test(label)))
    return false;
  if (wasPolled) return true;
  if (one.oper_status === 6) return false;
  if (PHYSICAL.has(one.type)) return true;
  // Virtual ones (VLANs, tunnels, bridges, sub-interfaces) only while they carry something; unknown status is not down.
  return one.oper_status !== 2 && one.oper_status !== 7;
}

interface Entry {
  readonly observed: ObservedInterface;
  readonly index: string;
  readonly isWide: boolean;
  /** Of the table's guard. */
  readonly row: number;
  readonly tags: Readonly<Record<string, string>>;
}

export class InterfaceTable {
  readonly #decided: Readonly<Record<string, boolean>>;
  readonly #ruling: InterfaceRuling;
  readonly #identity: InterfaceIdentity;
  /** Polled before the restart. */
  readonly #wasPolled: Set<string>;
  #hasTable = true;
  #hasXTable = true;
  #entries: readonly Entry[] = [];
  #guard = new CounterGuard(0, 0);
  #byIndex = new Map<string, Entry>();
  #ended: EndedRow[] = [];
  #live: FetchGroup | undefined;
  #slow: FetchGroup | undefined;
  #stale = false;

  /**
   * @param decided by `ifname`: what a person chose
   * @param known as found before a restart
   * @param ruling what rules say of those that nobody chose
   */
  constructor(
    decided: Readonly<Record<string, boolean>>,
    known: readonly ObservedInterface[],
    ruling: InterfaceRuling = () => undefined,
  ) {
    this.#decided = decided;
    this.#ruling = ruling;
    this.#identity = new InterfaceIdentity(known);
    this.#wasPolled = new Set(known.filter((one) => one.polled).map((one) => one.ifname));
  }

  /** Answers to `IF_PROBES`. */
  probed([index, descr, name, wide]: readonly boolean[]): void {
    this.#hasTable = index || descr || name || wide || false;
    this.#hasXTable = name || wide || false;
  }

  /** The walk that finds interfaces; undefined when the device has none. */
  staticGroup(): FetchGroup | undefined {
    if (!this.#hasTable) return undefined;
    const oids = STATIC_NAMES.map((name) => STATIC_COLUMNS[name]).filter(
      (oid) => this.#hasXTable || !oid.startsWith(IFX),
    );
    return { id: 'interface/static', kind: 'walk', oids, intervalS: IF_STATIC_INTERVAL_S };
  }

  /** The walks of counters of the chosen interfaces. */
  liveGroups(): FetchGroup[] {
    return [this.#live, this.#slow].filter((group) => group !== undefined);
  }

  get interfaces(): ObservedInterface[] {
    return this.#entries.map((entry) => entry.observed);
  }

  ifname(ifIndex: number): string | undefined {
    return this.#byIndex.get(String(ifIndex))?.observed.ifname;
  }

  /** True once after a status changed or an unknown row appeared: names and speeds should be read again. */
  takeStale(): boolean {
    const stale = this.#stale;
    this.#stale = false;
    return stale;
  }

  acceptStatic(group: FetchGroup, data: GroupData): void {
    const found = readStatic(group, data);
    const ifnames = this.#identity.assign(found.map(({ observed }) => observed));
    const guard = new CounterGuard(found.length, COLUMNS.length);
    const before = new Map(this.#entries.map((entry) => [entry.observed.ifname, entry]));
    this.#entries = found.map(({ index, observed, isWide }, i) => {
      const ifname = ifnames[i]!;
      const known = before.get(ifname);
      before.delete(ifname);
      const wasPolled = known?.observed.polled ?? this.#wasPolled.has(ifname);
      const polled = this.#decided[ifname] ?? this.#ruling(observed) ?? isPolledByDefault(observed, wasPolled);
      if (wasPolled && !polled) this.#ended.push({ measurement: 'interface', tags: known?.tags ?? { ifname } });
      const isSame = known !== undefined && known.index === index && known.isWide === isWide;
      if (isSame) guard.take(i, this.#guard, known.row);
      return {
        observed: { ...observed, ifname, polled },
        index,
        isWide,
        row: i,
        tags: known?.tags ?? { ifname },
      };
    });
    this.#guard = guard;
    this.#identity.keep(this.interfaces);
    for (const gone of before.values()) {
      if (gone.observed.polled) this.#ended.push({ measurement: 'interface', tags: gone.tags });
    }
    this.#byIndex = new Map(this.#entries.map((entry) => [entry.index, entry]));
    const indexes = this.#entries.filter((entry) => entry.observed.polled).map((entry) => entry.index);
    this.#live = this.#group('interface', LIVE, 0, indexes);
    this.#slow = this.#group('interface/slow', SLOW, IF_SLOW_INTERVAL_S, indexes);
  }

  #group(id: string, columns: readonly Column[], intervalS: number, indexes: string[]): FetchGroup | undefined {
    if (indexes.length === 0) return undefined;
    const polled = indexes.map((index) => this.#byIndex.get(index)!);
    const someWide = polled.some((entry) => entry.isWide);
    const someNarrow = polled.some((entry) => !entry.isWide);
    const oids = columns.flatMap(({ narrow, wide }) => [
      ...(wide !== undefined && someWide ? [wide] : []),
      ...(narrow !== undefined && (wide === undefined || someNarrow) ? [narrow] : []),
    ]);
    const wanted = oids.filter((oid) => this.#hasXTable || !oid.startsWith(IFX));
    return { id, kind: 'walk', oids: wanted, intervalS, indexes };
  }

  /** Rows of what was fetched of `liveGroups` in one poll. */
  rows(fetched: readonly (readonly [FetchGroup, GroupData])[]): PolledRow[] {
    const rows: PolledRow[] = [];
    const plans = fetched.map(([group, data]) => ({ data, positions: positions(group) }));
    for (const entry of this.#entries) {
      if (!entry.observed.polled) continue;
      const fields: Record<string, number> = {};
      let any = false;
      for (const { data, positions: columns } of plans) {
        const cells = data.get(entry.index);
        if (cells) any = this.#fill(entry, cells, columns, fields) || any;
      }
      if (!any) continue;
      if (entry.observed.speed_bits_per_second > 0) fields.speed_bits_per_second = entry.observed.speed_bits_per_second;
      rows.push({ measurement: 'interface', tags: entry.tags, fields });
    }
    return rows;
  }

  #fill(entry: Entry, cells: readonly Value[], columns: readonly Position[], fields: Record<string, number>): boolean {
    let any = false;
    for (const { column, field, isCounter, wide, narrow, scale } of columns) {
      const value = toNumber(
        (entry.isWide && wide >= 0 ? cells[wide] : undefined) ?? (narrow >= 0 ? cells[narrow] : undefined),
      );
      if (value === undefined) continue;
      if (isCounter && !this.#guard.accept(entry.row, column, value)) continue;
      if (field === 'oper_status' && value !== entry.observed.oper_status) this.#stale = true;
      fields[field] = value / scale;
      any = true;
    }
    return any;
  }

  takeEnded(): EndedRow[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** The agent has started anew. */
  reset(): void {
    this.#guard.reset();
  }
}

interface Position {
  readonly column: number;
  readonly field: string;
  readonly isCounter: boolean;
  readonly wide: number;
  readonly narrow: number;
  readonly scale: number;
}

function positions(group: FetchGroup): Position[] {
  const found: Position[] = [];
  COLUMNS.forEach(({ field, wide, narrow, isCounter }, column) => {
    const wideAt = wide === undefined ? -1 : group.oids.indexOf(wide);
    const narrowAt = narrow === undefined ? -1 : group.oids.indexOf(narrow);
    if (wideAt < 0 && narrowAt < 0) return;
    // ifLastChange counts hundredths.
    found.push({
      column,
      field,
      isCounter,
      wide: wideAt,
      narrow: narrowAt,
      scale: field === 'last_change_seconds' ? 100 : 1,
    });
  });
  return found;
}

/** Names that devices of one kind have in common are kept once. */
const names = new Map<string, string>();
const MAX_SHARED_NAMES = 20_000;

function shared(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= MAX_SHARED_NAMES) names.clear();
  names.set(name, name);
  return name;
}

type FoundInterface = Omit<ObservedInterface, 'ifname' | 'polled'>;

function readStatic(
  group: FetchGroup,
  data: GroupData,
): { index: string; isWide: boolean; observed: FoundInterface }[] {
  const at = Object.fromEntries(STATIC_NAMES.map((name) => [name, group.oids.indexOf(STATIC_COLUMNS[name])])) as Record<
    keyof typeof STATIC_COLUMNS,
    number
  >;
  const found: { index: string; isWide: boolean; observed: FoundInterface }[] = [];
  for (const [index, cells] of data) {
    const ifIndex = Number(index);
    if (!Number.isInteger(ifIndex)) continue;
    const cell = (name: keyof typeof STATIC_COLUMNS): Value => (at[name] < 0 ? undefined : cells[at[name]]);
    const highSpeed = toNumber(cell('highSpeed')) ?? 0;
    const speed = toNumber(cell('speed')) ?? 0;
    found.push({
      index,
      isWide: cell('hcIn') !== undefined,
      observed: {
        if_index: ifIndex,
        name: shared(toText(cell('name')) ?? ''),
        descr: shared(toText(cell('descr')) ?? ''),
        alias: toText(cell('alias')) ?? '',
        type: toNumber(cell('type')) ?? 0,
        mac: toMac(cell('mac')) ?? '',
        // Below 4.29 Gbit/s ifSpeed is the finer one; some agents fill only one of them.
        speed_bits_per_second: speed > 0 && speed < 4_294_967_295 && highSpeed < 4295 ? speed : highSpeed * 1e6,
        admin_status: toNumber(cell('admin')) ?? 4,
        oper_status: toNumber(cell('oper')) ?? 4,
      },
    });
  }
  return found.sort((a, b) => a.observed.if_index - b.observed.if_index);
}
