/** Holds findings against an import rule. */
import { matchesGlob } from '../lib/glob.ts';
import { AddressSet } from '../lib/ip-range.ts';
import type { ImportRule } from '../model/import-rule.ts';
import type { FieldProblem } from '../model/refusal.ts';

export interface Judged {
  readonly address: string;
  readonly template: string | null;
  readonly confidence: number | null;
  readonly answered: readonly string[];
  readonly facts: { readonly vendor?: string | undefined };
}

/** @throws RangeError when the rule's addresses cannot be read: they are checked when the rule is taken */
export function importTest(rule: ImportRule): (found: Judged) => boolean {
  const { template, vendor, addresses, min_confidence, answered } = rule;
  const set = addresses === undefined ? undefined : addressesOf(addresses);
  if (typeof set === 'string') throw new RangeError(`addresses ${set}`);
  return (found) =>
    (template === undefined || matchesGlob(template, found.template ?? '')) &&
    (vendor === undefined || matchesGlob(vendor, found.facts.vendor ?? '')) &&
    (set === undefined || set.has(found.address)) &&
    (min_confidence === undefined || (found.confidence ?? 0) >= min_confidence) &&
    (answered === undefined || found.answered.includes(answered));
}

/** What is wrong with a rule; `path` is where it stands in the request. */
export function importRuleProblems(rule: ImportRule, path: string): FieldProblem[] {
  const set = rule.addresses === undefined ? undefined : addressesOf(rule.addresses);
  return typeof set === 'string' ? [{ path: `${path}.addresses`, message: set }] : [];
}

function addressesOf(text: string): AddressSet | string {
  const parsed = AddressSet.parse(text, '', Number.POSITIVE_INFINITY);
  if (parsed.kind === 'ok') return parsed.set;
  return parsed.problems.map(({ piece, message }) => `"${piece.slice(0, 60)}" ${message}`).join('; ');
}
