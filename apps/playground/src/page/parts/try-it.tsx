// A picture for the network: drawn, from a file or from the test set; what it becomes, and what the network answers.
import { useMemo, useState } from "preact/hooks";
import { useStore } from "../context.js";
import { aroundLines, middleSquare, prepare, rgbaOf } from "../pictures/prepare.js";
import { PictureError, readPicture } from "../pictures/read-file.js";
import { useLatest } from "../use-latest.js";
import { AnswerList, MapOver } from "./answer.js";
import { bestOf } from "./class-maps.js";
import { FileDrop, Segments, TextField } from "./controls.js";
import { DrawingPad } from "./drawing-pad.js";
import { LayerOutputs } from "./layer-outputs.js";
import { NetworkSwitch } from "./network-switch.js";
import { Preparation, type Tried } from "./preparation.js";

export const TryIt = () => {
  const store = useStore();
  const { session, text, info, opened, shown, looks, say, fail, inversion, standings } = store;
  const t = text.value;
  const words = t.tryIt;
  const [source, setSource] = useState<"draw" | "photo" | "test">("draw");
  const [tried, setTried] = useState<Tried | undefined>(undefined);
  const step = standings.value[shown.value]?.last?.step ?? 0;
  const prepared = useMemo(
    () => tried && prepare(tried.picture, tried.box, info.value, tried.test ? "no" : inversion.value),
    [tried, info.value, inversion.value],
  );

  const isOpen =
    opened.value !== undefined && store.phase.value !== "opening" && store.phase.value !== "closed";
  const size = info.value.shape.reduce((a, b) => a * b);
  const network = shown.value;
  // The answer of the network as it is, computed again after a few steps of training, and after each look, as at a pause or a reset.
  const answer = useLatest(
    prepared && isOpen && prepared.pixels.length === size
      ? () => session.classify(network, prepared.pixels)
      : undefined,
    [prepared, network, isOpen, Math.floor(step / 20), looks.value[network], opened.value, size],
    fail,
  );

  const show = async (index: number) => {
    try {
      const { pixels, labels } = await session.images([index]);
      const picture = rgbaOf(pixels, info.peek().shape);
      setTried({ picture, box: middleSquare(picture), test: { index, label: labels[0]! } });
    } catch (error) {
      fail(error);
    }
  };
  const another = () => show(Math.floor(Math.random() * (opened.peek()?.data.test ?? 1)));
  const read = async ([file]: readonly File[]) => {
    if (!file) return;
    try {
      const picture = await readPicture(file);
      setTried({ picture, box: middleSquare(picture) });
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      const { tooLarge, unreadable } = t.pictures;
      say("error", error.reason === "size" ? tooLarge(file.name, file.size / 1e6) : unreadable(file.name));
    }
  };
  const best = answer && bestOf(answer.probabilities);
  const said =
    answer && best !== undefined
      ? words.answerSaid(info.value.classes[best] ?? "", answer.probabilities[best]!)
      : "";

  return (
    <div class="cards try">
      <section class="card" aria-labelledby="picture-heading">
        <h3 id="picture-heading">{words.source}</h3>
        <Segments
          label={words.source}
          hideLabel
          value={source}
          options={words.sources}
          onChange={(next) => {
            setSource(next);
            setTried(undefined);
            if (next === "test") void another();
          }}
        />
        {source === "draw" && (
          <DrawingPad
            onDrawing={(drawing) => setTried(drawing && { picture: drawing, box: aroundLines(drawing) })}
          />
        )}
        {source === "photo" && (
          <FileDrop
            label={words.choosePhoto}
            hint={words.dropPhoto}
            accept="image/*"
            onFiles={(files) => void read(files)}
          />
        )}
        {source === "test" && tried?.test && (
          <>
            <TextField
              label={words.testNumber}
              value={String(tried.test.index)}
              number
              min={0}
              max={(opened.value?.data.test ?? 1) - 1}
              step={1}
              problem={() => `0–${(opened.value?.data.test ?? 1) - 1}`}
              read={(typed) => {
                const index = Number(typed);
                const good = /^\d+$/.test(typed) && index < (opened.peek()?.data.test ?? 0);
                if (good) void show(index);
                return good;
              }}
            />
            <p>{words.trueClass(info.value.classes[tried.test.label] ?? "")}</p>
            <p class="buttons">
              <button type="button" onClick={() => void another()}>
                {words.another}
              </button>
            </p>
          </>
        )}
      </section>
      <section class="card" id="answer" aria-labelledby="answer-heading">
        <h3 id="answer-heading">{words.answer}</h3>
        <NetworkSwitch />
        <p role="status" class="said">
          {prepared ? said : words.none}
        </p>
        {answer && prepared && (
          <>
            <AnswerList answer={answer} />
            <p class="muted">{words.step(step)}</p>
            <MapOver answer={answer} pixels={prepared.pixels} />
          </>
        )}
      </section>
      {tried && prepared && <Preparation tried={tried} prepared={prepared} inversion={inversion.value} />}
      {answer && prepared && (
        <section class="card wide">
          <LayerOutputs network={shown.value} pixels={prepared.pixels} />
        </section>
      )}
    </div>
  );
};
