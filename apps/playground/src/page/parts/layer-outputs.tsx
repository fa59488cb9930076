// What each layer of a network makes of a picture, asked for when the reader opens it.
import { useEffect, useState } from "preact/hooks";
import type { LayerOutput } from "../../session/session.js";
import { useStore } from "../context.js";
import { largestOf, Pixels, sheetOf } from "../draw/pixels.js";

export const LayerOutputs = ({ network, pixels }: { network: number; pixels: Uint8Array }) => {
  const { session, text, fail } = useStore();
  const t = text.value.tryIt;
  const [open, setOpen] = useState(false);
  const [layers, setLayers] = useState<readonly LayerOutput[]>([]);
  useEffect(() => {
    if (!open) return;
    let late = false;
    session.layers(network, pixels).then(
      (found) => {
        if (!late) setLayers(found);
      },
      (error) => fail(error),
    );
    return () => {
      late = true;
    };
  }, [open, network, pixels]);
  return (
    <details class="layers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.layers}</summary>
      {open &&
        layers.map(({ layer, channels, of }) => {
          const flat = channels.length === 1 && channels[0]!.height === 1;
          return (
            <div class="layer-output" key={layer}>
              <p>
                <strong>{layer}</strong>{" "}
                <span class="muted">
                  {flat ? t.values(channels[0]!.width) : t.channelsShown(channels.length, of)}
                </span>
              </p>
              <Pixels
                image={sheetOf(channels, 16, largestOf(channels))}
                label={`${t.layers}: ${layer}`}
                class={flat ? "sheet flat" : "sheet"}
              />
            </div>
          );
        })}
    </details>
  );
};
