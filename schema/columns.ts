/** Column kinds that the tables share. Property names are the column names, which are the names of the public contract. */
import { integer, text } from 'drizzle-orm/sqlite-core';

export const time = () => integer({ mode: 'timestamp_ms' });
export const flag = () => integer({ mode: 'boolean' });
export const json = <T>() => text({ mode: 'json' }).$type<T>();
export const id = () => integer().primaryKey({ autoIncrement: true });
export const tenantId = () => integer().notNull();
