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
  /** Paths of complaints about values that were changed since. */
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const busy = useRef(false);

  const run = async (): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setError(undefined);
    setChanged(new Set());
    try {
      await send(values);
    } catch (thrown) {
      setError(thrown);
    } finally {
      busy.current = false;
      setBusy(false);
    }
  };
  const fields = error instanceof ApiError ? error.fields.filter(({ path }) => !changed.has(path)) : [];
  const shown = new Set<FieldProblem>();
  return {
    values,
    set: (key, value) => {
      setValues((old) => ({ ...old, [key]: value }));
      const about = fields.filter(({ path }) => path.split('.').includes(String(key)));
      if (about.length > 0) setChanged((old) => new Set([...old, ...about.map(({ path }) => path)]));
    },
    replace: setValues,
    isBusy,
    get problem() {
      const isTold = fields.length > 0 && fields.every((field) => shown.has(field));
      const isMended = error instanceof ApiError && error.fields.length > 0 && fields.length === 0;
      return error === undefined || isTold || isMended ? undefined : messageOf(error);
    },
    errorAt: (path) => {
      const found = fields.filter((field) => field.path === path || field.path.startsWith(`${path}.`));
      for (const field of found) shown.add(field);
      return found[0]?.message;
    },
    submit: (event) => {
      event?.preventDefault();
      const form = event?.currentTarget;
      void run().then(() => form instanceof HTMLFormElement && focusComplaint(form));
    },
  };
}

/** The cursor goes where something is wrong, once it is on the screen. */
function focusComplaint(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

/** A number out of a text field; undefined when it is empty. */
export function numberOf(text: string): number | undefined {
  const value = Number(text.trim());
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

/** A number out of a text field that must hold one. @throws ApiError about the field */
export function requiredNumber(text: string, path: string): number {
  const value = numberOf(text);
  if (value === undefined) throw new ApiError(400, '', [{ path, message: 'must be a number' }]);
  return value;
}

/** Text without spaces around it; undefined when nothing is left. */
export function textOf(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}
