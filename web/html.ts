/** The doorway to Preact: tagged templates instead of JSX, so that Node and esbuild read the same sources. */

import htm from 'htm';
import { h, type VNode } from 'preact';

export type { ComponentChildren, RefObject, VNode } from 'preact';
export { render } from 'preact';
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

type Template = (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

// The types of htm describe its CommonJS form, which is not what is imported here.
/** JSX in a tagged template. Several roots make an array, which Preact takes wherever it takes one. */
export const html = (htm as unknown as { bind(make: typeof h): Template }).bind(h);
