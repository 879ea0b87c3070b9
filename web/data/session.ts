/** Who is logged in and what this server can do, known to every page. */
import type { Me } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { useEffect, useState } from '../html.ts';

export type Role = Me['role'];

/** Least first. */
const RANKS: readonly Role[] = ['ingest', 'viewer', 'operator', 'admin'];

export interface Session {
  readonly me: Me;
  /** Paths of the server's OpenAPI document: what is not there is not shown. */
  readonly paths: ReadonlySet<string>;
  readonly version: string;
}

let current: Session | undefined;
const listeners = new Set<() => void>();

interface OpenApi {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, unknown>>;
}

/** Asks the server who this is. @throws ApiError 401 when nobody is logged in */
export async function openSession(): Promise<void> {
  const [me, document] = await Promise.all([api.get<Me>('/auth/me'), api.get<OpenApi>('/openapi.json')]);
  const paths = Object.keys(document.paths).map((path) => path.replace(/^\/api\/v1/, ''));
  setSession({ me, paths: new Set(paths), version: document.info.version });
}

export function closeSession(): void {
  setSession(undefined);
}

function setSession(session: Session | undefined): void {
  current = session;
  for (const listener of [...listeners]) listener();
}

export function useSession(): Session | undefined {
  const [session, setShown] = useState(current);
  useEffect(() => {
    const update = () => setShown(current);
    listeners.add(update);
    update();
    return () => void listeners.delete(update);
  }, []);
  return session;
}

/** Whether the person may do what needs at least this role. */
export function may(role: Role): boolean {
  return current !== undefined && RANKS.indexOf(current.me.role) >= RANKS.indexOf(role);
}

/** Whether the server has a resource, e.g. `/alert-rules`. */
export function has(path: string): boolean {
  return current?.paths.has(path) ?? false;
}
