// Which of two networks the figures show.
import { useStore } from "../context.js";
import { Segments } from "./controls.js";

/** Nothing where there is one network. */
export const NetworkSwitch = () => {
  const { state, text, shown } = useStore();
  const { network, figures } = text.value;
  const { networks } = state.value;
  if (networks.length < 2) return null;
  return (
    <Segments
      label={figures.of}
      value={String(shown.value)}
      options={Object.fromEntries(networks.map((_, i) => [String(i), network(i)]))}
      onChange={(i) => {
        shown.value = Number(i);
      }}
    />
  );
};
