/** The doorway to Preact: tagged templates instead of JSX, so that Node and esbuild read the same sources. */

export {
  h,
  html,
  render,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'htm/preact';
export type { ComponentChildren, RefObject, VNode } from 'preact';
