// Controls that several parts of the page share.
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

/** A list to choose from, with its label. */
export const Choice = <Name extends string>({
  label,
  value,
  options,
  onChange,
  title,
}: {
  label: string;
  value: Name;
  options: Readonly<Record<Name, string>> | readonly (readonly [Name, string])[];
  onChange(value: Name): void;
  title?: string | undefined;
}) => {
  const id = useId();
  const entries = (Array.isArray(options) ? options : Object.entries(options)) as [Name, string][];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        title={title}
        onChange={(event) => onChange(event.currentTarget.value as Name)}
      >
        {entries.map(([name, words]) => (
          <option key={name} value={name} selected={name === value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
};

/** A few choices side by side, of which one is taken. */
export const Segments = <Name extends string>({
  label,
  value,
  options,
  onChange,
  hideLabel,
}: {
  label: string;
  value: Name;
  options: Readonly<Record<Name, string>>;
  onChange(value: Name): void;
  hideLabel?: boolean;
}) => {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class={hideLabel ? "hidden" : ""}>{label}</legend>
      <div>
        {(Object.entries(options) as [Name, string][]).map(([key, words]) => (
          <label key={key}>
            <input
              type="radio"
              name={name}
              value={key}
              checked={key === value}
              onChange={() => onChange(key)}
            />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};

/** A number or text that is checked as it is typed. What is wrong stays in the field, with a message, and changes nothing. */
export const TextField = ({
  label,
  value,
  read,
  problem,
  number,
  min,
  max,
  step,
  title,
  placeholder,
  changed,
}: {
  label: ComponentChildren;
  value: string;
  /** Takes the text; false if it is invalid. */
  read(text: string): boolean;
  /** The fault of a text that `read` refuses. */
  problem(text: string): string;
  number?: boolean;
  min?: number | undefined;
  max?: number | undefined;
  step?: number | "any" | undefined;
  title?: string | undefined;
  placeholder?: string | undefined;
  changed?: boolean | undefined;
}) => {
  const id = useId();
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const [wrong, setWrong] = useState(false);
  return (
    <div class={`field ${changed ? "changed" : ""}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        {...(number ? { type: "number" as const } : { type: "text" as const })}
        value={draft ?? value}
        min={min}
        max={max}
        step={step}
        title={title}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onInput={(event) => {
          const text = event.currentTarget.value;
          setDraft(text);
          // Browsers give an empty text for one that is no number, such as 1e.
          setWrong(event.currentTarget.validity.badInput || !read(text));
        }}
        onBlur={() => {
          if (!wrong) setDraft(undefined);
        }}
      />
      {wrong && (
        <p class="wrong" id={`${id}-wrong`}>
          {problem(draft ?? value)}
        </p>
      )}
    </div>
  );
};

/** A button that opens the file dialogue; files can be dropped on it too. */
export const FileDrop = ({
  label,
  hint,
  accept,
  multiple,
  folder,
  onFiles,
}: {
  label: string;
  hint?: string;
  accept?: string;
  multiple?: boolean;
  folder?: boolean;
  onFiles(files: readonly File[], items?: DataTransferItemList): void;
}) => {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same for a keyboard.
    <div
      class={`drop ${over ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const { files, items } = event.dataTransfer ?? {};
        if (files) onFiles([...files], items);
      }}
    >
      {hint !== undefined && <p>{hint}</p>}
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        class="hidden"
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        multiple={multiple}
        {...(folder && { webkitdirectory: true })}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
};

/** A part of the page that can be closed. */
export const Card = ({
  heading,
  summary,
  open,
  children,
}: {
  heading: string;
  summary?: string | undefined;
  open: boolean;
  children: ComponentChildren;
}) => (
  <details class="card" open={open}>
    <summary>
      <h2>{heading}</h2>
      {summary !== undefined && <span class="muted">{summary}</span>}
    </summary>
    {children}
  </details>
);
