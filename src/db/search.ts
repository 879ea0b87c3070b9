/** Conditions that lists share. */
import { or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** Any of the columns holds the text, without regard to case (of ASCII letters, as SQLite does it). */
export function holdsText(text: string | undefined, columns: readonly SQLWrapper[]): SQL | undefined {
  if (text === undefined || text === '') return undefined;
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return or(...columns.map((column) => sql`${column} LIKE ${pattern} ESCAPE '\\'`));
}
