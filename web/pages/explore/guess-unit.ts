/** What an expression is measured in, as far as its text tells. */
import { type Unit, unitOf } from '../../format/units.ts';

/** The unit of the first metric in an expression; a rate of octets times eight is bits a second. */
export function guessUnit(query: string): Unit {
  const isRate = /\b(rate|irate|deriv)\s*\(/.test(query);
  if (/octets/.test(query) && isRate) return /\b8\b/.test(query) ? 'bitsPerSecond' : 'bytesPerSecond';
  const isShare = /\b100\s*\*/.test(query) && /\//.test(query);
  if (isShare) return 'percent';
  if (/\b(count|count_over_time|changes|resets)\s*(by|\(|without)/.test(query)) return 'none';
  if (/class="temperature"/.test(query)) return 'celsius';
  const metric =
    /[a-z_]\w*_(percent|bits_per_second|bytes|octets|celsius|ms|seconds|volts|amps|watts|wh|dbm)\b/i.exec(query)?.[0] ??
    '';
  const unit = unitOf(metric);
  if (!isRate) return unit;
  return unit === 'bytes' ? 'bytesPerSecond' : 'perSecond';
}
