/** An interface rule as its form holds it, as it is sent, and in words. */
import type { InterfaceRule } from '../../../src/api/contract.ts';
import { textOf } from '../../components/use-form.ts';

/** Types that people meet, by number (IANAifType-MIB). */
const TYPE_WORDS: Readonly<Record<number, string>> = {
  1: 'other',
  6: 'Ethernet',
  23: 'PPP',
  24: 'loopback',
  53: 'virtual',
  71: 'wireless',
  131: 'tunnel',
  135: 'VLAN (layer 2)',
  136: 'VLAN (layer 3)',
  161: 'bundle (LAG)',
  166: 'MPLS',
  209: 'bridge',
};

export interface RuleValues {
  readonly name: string;
  readonly alias: string;
  readonly types: string;
  readonly polled: string;
}

export function ruleValues(rule?: InterfaceRule): RuleValues {
  return {
    name: rule?.name ?? '',
    alias: rule?.alias ?? '',
    types: (rule?.types ?? []).join(', '),
    polled: (rule?.polled ?? false) ? 'yes' : 'no',
  };
}

/** What is no number among the types is sent as it is not: the server says so. */
export function ruleInput(values: RuleValues): InterfaceRule {
  const name = textOf(values.name);
  const alias = textOf(values.alias);
  const types = values.types.split(/[\s,;]+/).filter((part) => part !== '');
  return {
    ...(name === undefined ? {} : { name }),
    ...(alias === undefined ? {} : { alias }),
    ...(types.length === 0 ? {} : { types: types.map(Number) }),
    polled: values.polled === 'yes',
  };
}

export function typesText(types: readonly number[] | undefined): string {
  return (types ?? []).map((type) => (TYPE_WORDS[type] ? `${type} ${TYPE_WORDS[type]}` : String(type))).join(', ');
}

export function ruleText(rule: InterfaceRule): string {
  const parts = [
    rule.name && `name ${rule.name}`,
    rule.alias && `alias ${rule.alias}`,
    rule.types && `type ${typesText(rule.types)}`,
  ];
  return `${parts.filter(Boolean).join(', ')}: ${rule.polled ? 'poll' : 'do not poll'}`;
}

/** The rules with one of them a place up or down. */
export function moved<T>(rules: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const to = index + by;
  if (to < 0 || to >= rules.length) return rules;
  return rules.with(index, rules[to]!).with(to, rules[index]!);
}
