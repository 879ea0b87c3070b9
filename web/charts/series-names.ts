/** Short names for the series of one answer: what they share is left out, what tells them apart stays. */

type Labels = Readonly<Record<string, string>>;

/** Labels that say again what another one says: with the key present, the others are left out. */
const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  device: ['device_id', 'address', 'template'],
  interface_name: ['ifname'],
  ifname: ['interface_name'],
};
const NEVER = new Set(['__name__', 'monitor_id']);

/** A name a series, in their order. A series alone is called by its metric and device. */
export function distinctNames(all: readonly Labels[]): readonly string[] {
  const names = new Set(all.flatMap((labels) => Object.keys(labels)).filter((name) => !NEVER.has(name)));
  const differing = [...names].filter((name) => new Set(all.map((labels) => labels[name] ?? '')).size > 1);
  const metrics = new Set(all.map((labels) => labels.__name__ ?? ''));
  const told = withoutRepeats(all.length === 1 ? [...names] : differing, all);
  return all.map((labels) => {
    const metric = metrics.size > 1 || all.length === 1 ? (labels.__name__ ?? '') : '';
    const values = told.map((name) => labels[name] ?? '').filter((value) => value !== '');
    return [metric, ...values].filter((part) => part !== '').join(' · ') || 'value';
  });
}

/** Drops labels that another one stands for, unless only they tell two series apart. */
function withoutRepeats(names: readonly string[], all: readonly Labels[]): readonly string[] {
  let told = [...names].sort((a, b) => Number(b === 'device') - Number(a === 'device') || a.localeCompare(b));
  for (const name of told) {
    if (!told.includes(name)) continue;
    const without = told.filter((each) => !SAID_BY[name]?.includes(each));
    if (combinations(without, all) === combinations(told, all)) told = without;
  }
  return told;
}

function combinations(names: readonly string[], all: readonly Labels[]): number {
  return new Set(all.map((labels) => names.map((name) => labels[name] ?? '').join('\n'))).size;
}
