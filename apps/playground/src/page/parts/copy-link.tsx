// A button that copies a link to the page as it is.
import type { ComponentChildren } from "preact";
import { useStore } from "../context.js";

export const CopyLink = ({ id, children }: { id?: string; children: ComponentChildren }) => {
  const { text, link, say } = useStore();
  const copy = async () => {
    const address = link(location.href);
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      say("info", text.peek().shared);
    } catch {
      say("info", text.peek().notShared);
    }
  };
  return (
    <button type="button" id={id} onClick={() => void copy()}>
      {children}
    </button>
  );
};
