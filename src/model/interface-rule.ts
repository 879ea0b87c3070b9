/**
 * Rules of a tenant about which interfaces are polled. The first rule that fits decides; what a person chose for one
 * interface comes before them, the default by type and status after them.
 */
import { matchesGlob } from '../lib/glob.ts';

export interface InterfaceRule {
  /** Of ifName or ifDescr; `*` stands for anything, `?` for one character, capital letters or not. */
  readonly name?: string | undefined;
  /** Of ifAlias, in the same way. */
  readonly alias?: string | undefined;
  /** Any of these ifTypes (IANAifType-MIB). */
  readonly types?: readonly number[] | undefined;
  readonly polled: boolean;
}

/** What rules look at. */
export interface RuledInterface {
  readonly name: string;
  readonly descr: string;
  readonly alias: string;
  readonly type: number;
}

/** Whether an interface is polled as far as rules say; undefined: none fits. */
export type InterfaceRuling = (one: RuledInterface) => boolean | undefined;

export function rulingOf(rules: readonly InterfaceRule[]): InterfaceRuling {
  return (one) => rules[indexOfRule(rules, one)]?.polled;
}

/** Which rule decides; -1: none. */
export function indexOfRule(rules: readonly InterfaceRule[], one: RuledInterface): number {
  return rules.findIndex(
    ({ name, alias, types }) =>
      (name === undefined || matchesGlob(name, one.name) || matchesGlob(name, one.descr)) &&
      (alias === undefined || matchesGlob(alias, one.alias)) &&
      (types === undefined || types.includes(one.type)),
  );
}
