/** Decides what is shown: the first run, the log-in, or a page in its frame. */
import type { SetupState } from '../src/api/contract.ts';
import { ApiError, api, onSessionLost } from './api.ts';
import { Failure } from './components/page.ts';
import { Shell } from './components/shell.ts';
import { Toasts } from './components/toast.ts';
import { forgetAll } from './data/resource.ts';
import { closeSession, openSession, useSession } from './data/session.ts';
import { html, useEffect, useRef, useState, type VNode } from './html.ts';
import { startLive, stopLive } from './live.ts';
import { FirstRun } from './pages/first-run.ts';
import { Login } from './pages/login.ts';
import { NotFound } from './pages/not-found.ts';
import { matchRoute, useAddress } from './router.ts';
import { ROUTES } from './routes.ts';

type Stage =
  | { readonly kind: 'starting' }
  | { readonly kind: 'setup'; readonly isCodeRequired: boolean }
  | { readonly kind: 'login' }
  | { readonly kind: 'failed'; readonly error: Error };

/** What the server wants first. */
async function firstStage(): Promise<Stage> {
  try {
    const setup = await api.get<SetupState>('/setup');
    if (setup.needed) return { kind: 'setup', isCodeRequired: setup.code_required };
    await openSession();
    return { kind: 'starting' };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return { kind: 'login' };
    return { kind: 'failed', error: error as Error };
  }
}

export function App(): VNode {
  const session = useSession();
  const [stage, setStage] = useState<Stage>({ kind: 'starting' });
  const start = () => void firstStage().then(setStage);

  useEffect(() => {
    onSessionLost(closeSession);
    start();
  }, []);
  const isIn = session !== undefined;
  const wasIn = useRef(false);
  useEffect(() => {
    if (isIn) startLive();
    else if (wasIn.current) {
      stopLive();
      forgetAll();
      setStage({ kind: 'login' });
    }
    wasIn.current = isIn;
  }, [isIn]);

  return html`<${Stages} stage=${stage} isIn=${isIn} retry=${start} /><${Toasts} />`;
}

interface StagesProps {
  readonly stage: Stage;
  readonly isIn: boolean;
  readonly retry: () => void;
}

function Stages({ stage, isIn, retry }: StagesProps): VNode | null {
  if (isIn) return html`<${CurrentPage} />`;
  switch (stage.kind) {
    case 'starting':
      return null;
    case 'setup':
      return html`<${FirstRun} isCodeRequired=${stage.isCodeRequired} />`;
    case 'login':
      return html`<${Login} />`;
    case 'failed':
      return html`<main class="gate"><${Failure} error=${stage.error} onRetry=${retry} /></main>`;
  }
}

function CurrentPage(): VNode {
  const { path } = useAddress();
  const match = matchRoute(ROUTES, path);
  if (!match) return html`<${Shell}><${NotFound} /><//>`;
  const { page: Page, isBare } = match.value;
  // The key makes a page start afresh for another device.
  const shown = html`<${Page} key=${path} ...${match.params} />`;
  return isBare ? shown : html`<${Shell}>${shown}<//>`;
}
