/** Roles of people and API keys, least first. `ingest` may only write samples. */
export const ROLES = ['ingest', 'viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];
