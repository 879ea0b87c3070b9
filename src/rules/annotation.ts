/** Fills `{{ $labels.name }}` and `{{ $value }}` in a rule's texts. An unknown label becomes empty, as in Prometheus. */
export function fillAnnotation(text: string, labels: Readonly<Record<string, string>>, value: number): string {
  return text.replace(/\{\{\s*\$(?:labels\.([a-zA-Z_]\w*)|(value))\s*\}\}/g, (_whole, label, isValue) =>
    isValue ? formatValue(value) : (labels[label] ?? ''),
  );
}

const formatValue = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
