/** Identifies a tenant in SQLite and in the engine. 1 is `default`. */
export type TenantId = number;

export const DEFAULT_TENANT: TenantId = 1;
