/** A page whose script is loaded when it is first shown, or before that, when the browser has nothing else to do. */
import { html, useEffect, useState, type VNode } from '../html.ts';
import { Failure, Loading } from './page.ts';

type Page = (params: never) => VNode;

const FIRST_PAUSE_MS = 1500;

export function lazyPage(load: () => Promise<Page>): Page {
  let loading: Promise<Page> | undefined;
  let loaded: Page | undefined;
  const once = (): Promise<Page> => {
    loading ??= load().then(
      (page) => {
        loaded = page;
        return page;
      },
      (error: unknown) => {
        loading = undefined; // the next try asks again
        throw error;
      },
    );
    return loading;
  };
  // Whoever opens the page sees the failure; this is only a head start.
  window.setTimeout(() => void once().catch(() => undefined), FIRST_PAUSE_MS);

  return function LazyPage(params: Readonly<Record<string, string>>): VNode {
    const [, setShown] = useState(loaded !== undefined);
    const [error, setError] = useState<Error | undefined>(undefined);
    useEffect(() => {
      if (loaded) return;
      once().then(
        () => setShown(true),
        () => setError(new Error('This page could not be loaded. Telltale may have been updated: load the page anew.')),
      );
    }, []);
    if (error) return html`<${Failure} error=${error} onRetry=${() => location.reload()} />`;
    return loaded ? html`<${loaded} ...${params} />` : html`<${Loading} lines=${8} />`;
  };
}
