// Messages in the page.
import { signal } from "@preact/signals";

/** A message in the page. */
export interface Notice {
  id: number;
  kind: "error" | "info";
  text: string;
}

/** Messages that are shown at a time; older ones go. */
const most = 5;

export const createNotices = () => {
  const notices = signal<readonly Notice[]>([]);
  let id = 0;
  return {
    notices,
    /** Shows a message, unless it is shown already. */
    say: (kind: Notice["kind"], text: string): void => {
      if (notices.peek().some((one) => one.text === text)) return;
      notices.value = [...notices.peek(), { id: ++id, kind, text }].slice(-most);
    },
    dismiss: (of: number): void => {
      notices.value = notices.peek().filter((one) => one.id !== of);
    },
  };
};
