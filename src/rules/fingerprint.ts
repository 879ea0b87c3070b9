/**
 * Identity of an alert: the rule and the *stored* tags of the series. Labels that are joined at read (device name, site,
 * address, alias, user labels) stay out as long as the device's or monitor's ID tells series apart, so that renaming a
 * device neither resolves its alerts nor pages anybody.
 */
import { createHash } from 'node:crypto';

/** Tags that identify on their own what joined labels describe. */
const IDENTITY_TAGS = ['device_id', 'monitor_id'];

export function alertFingerprint(
  ruleId: number,
  labels: Readonly<Record<string, string>>,
  joinedNames: ReadonlySet<string>,
): string {
  const identified = IDENTITY_TAGS.some((name) => name in labels);
  const parts = Object.keys(labels)
    .filter((name) => name !== '__name__' && !(identified && joinedNames.has(name)))
    .sort()
    .map((name) => `${name}\0${labels[name]}`);
  return createHash('sha256')
    .update([`rule\0${ruleId}`, ...parts].join('\0\0'))
    .digest('hex')
    .slice(0, 32);
}
