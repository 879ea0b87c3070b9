/** The box for PromQL: completes names, labels and values; Enter runs, Shift and Enter makes a new line. */
import { withQuery } from '../../api.ts';
import { useResource } from '../../data/resource.ts';
import { html, useEffect, useId, useRef, useState, type VNode } from '../../html.ts';
import { FUNCTIONS, rankCandidates, type Wanted, wantedAt } from './completion.ts';

interface QueryBoxProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onRun: (value: string) => void;
}

interface Names {
  readonly data: readonly string[];
}

const SHOWN_MAX = 10;

export function QueryBox({ value, onInput, onRun }: QueryBoxProps): VNode {
  const box = useRef<HTMLTextAreaElement>(null);
  const [wanted, setWanted] = useState<Wanted | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const candidates = useCandidates(wanted);
  const options = wanted ? rankCandidates(candidates, wanted.part, SHOWN_MAX) : [];
  const index = Math.min(chosen, options.length - 1);
  const cursor = useRef<number | undefined>(undefined);

  // After a completion the cursor stands behind it, once the new text is in the box.
  useEffect(() => {
    if (cursor.current === undefined || !box.current) return;
    box.current.setSelectionRange(cursor.current, cursor.current);
    cursor.current = undefined;
  }, [value]);

  const look = () => {
    const element = box.current;
    if (element) setWanted(wantedAt(element.value, element.selectionStart));
    setChosen(0);
  };
  const complete = (option: string) => {
    if (!wanted || !box.current) return;
    const end = box.current.selectionStart;
    const suffix = wanted.kind === 'label' ? '="' : wanted.kind === 'value' ? '"' : '';
    const text = value.slice(0, wanted.from) + option + suffix + value.slice(end);
    cursor.current = wanted.from + option.length + suffix.length;
    onInput(text);
    setWanted(
      wanted.kind === 'label' ? { ...wanted, kind: 'value', label: option, part: '', from: cursor.current } : undefined,
    );
    box.current.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (options.length > 0 && event.key === 'ArrowDown') setChosen((index + 1) % options.length);
    else if (options.length > 0 && event.key === 'ArrowUp') setChosen((index - 1 + options.length) % options.length);
    else if (options.length > 0 && event.key === 'Tab' && !event.shiftKey) complete(options[index]!);
    else if (options.length > 0 && event.key === 'Escape') setWanted(undefined);
    else if (event.key === 'Enter' && !event.shiftKey) {
      setWanted(undefined);
      onRun(value);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return html`<div class="query">
    <div class="query-box">
      <textarea
        ref=${box}
        class="input mono"
        data-search
        rows=${2}
        aria-label="PromQL expression"
        aria-controls=${listId}
        aria-autocomplete="list"
        aria-activedescendant=${options.length > 0 ? `${listId}-${index}` : undefined}
        placeholder="PromQL, e.g. rate(interface_in_octets[2m])"
        spellcheck=${false}
        value=${value}
        onInput=${(event: InputEvent) => {
          onInput((event.target as HTMLTextAreaElement).value);
          look();
        }}
        onKeyDown=${onKeyDown}
        onBlur=${() => window.setTimeout(() => setWanted(undefined), 150)}
      ></textarea>
      <ul class="completions" id=${listId} role="listbox" aria-label="Completions" hidden=${options.length === 0}>
        ${options.map(
          (option, at) => html`<li
            key=${option}
            id=${`${listId}-${at}`}
            role="option"
            aria-selected=${at === index}
            onMouseDown=${(event: MouseEvent) => {
              event.preventDefault();
              complete(option);
            }}
          >
            ${option}
          </li>`,
        )}
      </ul>
    </div>
    <button type="button" class="button primary" onClick=${() => onRun(value)}>Run</button>
  </div>`;
}

function useCandidates(wanted: Wanted | undefined): readonly string[] {
  const names = useResource<Names>('/label/__name__/values');
  const matching = wanted && wanted.kind !== 'name' && wanted.metric !== '' ? { 'match[]': wanted.metric } : {};
  const labels = useResource<Names>(wanted?.kind === 'label' ? withQuery('/labels', matching) : undefined);
  const values = useResource<Names>(
    wanted?.kind === 'value' ? withQuery(`/label/${wanted.label}/values`, matching) : undefined,
  );
  if (wanted?.kind === 'label') return (labels.data?.data ?? []).filter((name) => name !== '__name__');
  if (wanted?.kind === 'value') return values.data?.data ?? [];
  return [...(names.data?.data ?? []), ...FUNCTIONS];
}
