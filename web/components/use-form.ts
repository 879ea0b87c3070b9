/** State of a form: values, the request under way, and the server's complaints by field. */
import { ApiError, type FieldProblem, messageOf } from '../api.ts';
import { useRef, useState } from '../html.ts';

export interface FormState<T> {
  readonly values: T;
  readonly set: <K extends keyof T>(key: K, value: T[K]) => void;
  readonly replace: (values: T) => void;
  readonly isBusy: boolean;
  /** Complaint that no field has shown; read it after the fields. */
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
  const shown = new Set<FieldProblem>();
  return {
    values,
    set: (key, value) => setValues((old) => ({ ...old, [key]: value })),
    replace: setValues,
    isBusy,
    get problem() {
      const isTold = fields.length > 0 && fields.every((field) => shown.has(field));
      return error === undefined || isTold ? undefined : messageOf(error);
    },
    errorAt: (path) => {
      const found = fields.filter((field) => field.path === path || field.path.startsWith(`${path}.`));
      for (const field of found) shown.add(field);
      return found[0]?.message;
    },
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
