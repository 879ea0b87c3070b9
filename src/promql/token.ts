/** Tokens of a query. Their descriptions are the ones that Prometheus uses in its error messages. */
import { quote } from './quote.ts';

export const AGGREGATORS = new Set([
  'avg',
  'bottomk',
  'count',
  'count_values',
  'group',
  'limit_ratio',
  'limitk',
  'max',
  'min',
  'quantile',
  'stddev',
  'stdvar',
  'sum',
  'topk',
]);
export const WORD_OPERATORS = new Set(['and', 'or', 'unless', 'atan2']);
export const KEYWORDS = new Set([
  'anchored',
  'bool',
  'by',
  'fill',
  'fill_left',
  'fill_right',
  'group_left',
  'group_right',
  'ignoring',
  'offset',
  'on',
  'smoothed',
  'without',
]);
/** Words that stand for a time or a duration where one is expected, and are plain names elsewhere. */
export const TIME_WORDS = new Set(['start', 'end', 'step', 'range', 'min_of', 'max_of']);

export type TokenType =
  | 'number'
  | 'duration'
  | 'string'
  | 'identifier'
  | 'metric identifier'
  | 'aggregator'
  | 'keyword'
  | 'operator'
  | 'punctuation'
  | 'end';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `identifier "foo"`, `<op:+>`, `"("`, `end of input`, … */
export function describe(token: Token): string {
  switch (token.type) {
    case 'end':
      return 'end of input';
    case 'operator':
      return `<op:${token.text}>`;
    case 'keyword':
      return `<${token.text}>`;
    case 'aggregator':
      return `<aggr:${token.text}>`;
    case 'punctuation':
      return quote(token.text);
    case 'identifier':
    case 'metric identifier':
      return TIME_WORDS.has(token.text.toLowerCase()) ? `<${token.text}>` : `${token.type} ${quote(token.text)}`;
    default:
      return `${token.type} ${token.text.length > 10 ? `${quote(token.text.slice(0, 10))}...` : quote(token.text)}`;
  }
}
