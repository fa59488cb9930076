// The layers of the networks as the report draws them, and the command that trains the same.
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { blocksDiagram, netDiagram } from "@mlpconv/report";
import { useMemo, useState } from "preact/hooks";
import { commandLine } from "../../state/command-line.js";
import { useStore } from "../context.js";
import { FigureMarkup } from "../draw/figure-markup.js";

export const Diagram = () => {
  const { costs, state, text } = useStore();
  const t = text.value;
  const nets = costs.value.flatMap((one) => (one && "facts" in one ? [one.facts.net] : []));
  const figures = useMemo(
    () =>
      nets.length > 1
        ? [blocksDiagram(nets.map((net, i) => ({ ...net, name: t.network(i) })))]
        : nets.map((net) => netDiagram(net)),
    [costs.value, t],
  );
  const [open, setOpen] = useState(false);
  return (
    <details class="diagram" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{state.value.networks.length > 1 ? t.editor.blocks : t.editor.diagram}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it.
        <section class="scroll" tabIndex={0} aria-label={t.editor.diagram}>
          {figures.map((svg, i) => (
            <FigureMarkup key={i} svg={svg} />
          ))}
        </section>
      )}
    </details>
  );
};

export const Command = ({ at }: { at: number }) => {
  const { state, text, served } = useStore();
  const { networks, data, engine } = state.value;
  const t = text.value.editor;
  const [copied, setCopied] = useState(false);
  const choice = networks[at];
  if (!choice) return null;
  const { command, otherData } = commandLine(choice, data, engine);
  return (
    <details class="command">
      <summary>{t.command}</summary>
      <pre>
        <code>{command}</code>
      </pre>
      <p class="buttons">
        <button
          type="button"
          onClick={async () => {
            try {
              await navigator.clipboard.writeText(command);
              setCopied(true);
            } catch {
              setCopied(false);
            }
          }}
        >
          {t.copy}
        </button>
        <span role="status">{copied ? t.copied : ""}</span>
      </p>
      {(otherData || (served.value && served.value.name !== fashionMnistInfo.name)) && (
        <p class="muted">{t.commandOtherData}</p>
      )}
    </details>
  );
};
