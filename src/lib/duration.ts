const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 } as const;
const PART = /(\d+)(ms|[smhdwy])/gy;

/** Milliseconds of a duration such as `10s`, `1h30m` or `7d` (Prometheus' syntax), or undefined when it is none. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  let total = 0;
  let end = 0;
  PART.lastIndex = 0;
  for (let match = PART.exec(text); match; match = PART.exec(text)) {
    total += Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
    end = PART.lastIndex;
  }
  return end > 0 && end === text.length ? total : undefined;
}
