/** State of a form: values, the request under way, and the server's complaints by field. */
import { ApiError, messageOf } from '../api.ts';
import { useRef, useState } from '../html.ts';

export interface FormState<T> {
  readonly values: T;
  readonly set: <K extends keyof T>(key: K, value: T[K]) => void;
  readonly replace: (values: T) => void;
  readonly isBusy: boolean;
  /** Complaint about the whole, when no field is to blame. */
  readonly problem: string | undefined;
  /** Complaint about one field, by its path in the request. */
  readonly errorAt: (path: string) => string | undefined;
  readonly submit: (event?: Event) => void;
}

/** `send` gets the values; what it throws is shown. */
export function useForm<T extends object>(initial: T, send: (values: T) => Promise<unknown>): FormState<T> {
  const [values, setValues] = useState(initial);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const busy = useRef(false);

  const run = async (): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await send(values);
    } catch (thrown) {
      setError(thrown);
    } finally {
      busy.current = false;
      setBusy(false);
    }
  };
  const fields = error instanceof ApiError ? error.fields : [];
  return {
    values,
    set: (key, value) => setValues((old) => ({ ...old, [key]: value })),
    replace: setValues,
    isBusy,
    problem: error === undefined ? undefined : messageOf(error),
    errorAt: (path) => fields.find((field) => field.path === path || field.path.startsWith(`${path}.`))?.message,
    submit: (event) => {
      event?.preventDefault();
      void run();
    },
  };
}

/** A number out of a text field; undefined when it is empty. */
export function numberOf(text: string): number | undefined {
  const value = Number(text.trim());
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

/** Text without spaces around it; undefined when nothing is left. */
export function textOf(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}
