/** Whether a device is meant by some words: each must be found in what it is called, is, or is labelled. */
import type { Device } from '../../src/api/contract.ts';

export function matchesText(device: Device, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const labels = Object.entries(device.labels).map(([name, value]) => `${name}=${value}`);
  const known = [device.name, device.address, device.contact, ...Object.values(device.facts), ...labels];
  const haystack = known.join('\n').toLowerCase();
  return words.every((word) => haystack.includes(word));
}
