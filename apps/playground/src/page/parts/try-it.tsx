// A picture for the network: drawn, from a file or from the test set; what it becomes, and what the network answers.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Answer, Grid, LayerOutput } from "../../session/session.js";
import { useStore } from "../context.js";
import { heatOf, largestOf, Pixels, sheetOf } from "../draw/pixels.js";
import {
  aroundLines,
  type Box,
  type Inversion,
  middleSquare,
  type Prepared,
  prepare,
  type Rgba,
  rgbaOf,
} from "../pictures/prepare.js";
import { PictureError, readPicture } from "../pictures/read-file.js";
import { bestOf } from "./class-maps.js";
import { FileDrop, Segments, TextField } from "./controls.js";
import { DrawingPad } from "./drawing-pad.js";
import { NetworkSwitch } from "./network-switch.js";

/** A picture to try, and the part of it that counts. */
interface Tried {
  picture: Rgba;
  box: Box;
  /** Where it is a test image: its number and class; it is not changed. */
  test?: { index: number; label: number };
}

/** Classes that are listed. */
const mostAnswers = 5;

const Steps = ({
  tried,
  prepared,
  inversion,
}: {
  tried: Tried;
  prepared: Prepared;
  inversion: Inversion;
}) => {
  const { text, info, setInversion } = useStore();
  const t = text.value.tryIt;
  const { shape } = info.value;
  const final = useMemo(() => rgbaOf(prepared.pixels, shape), [prepared, shape]);
  const steps: [string, Rgba][] = tried.test
    ? [[t.sources.test, final]]
    : [
        [t.steps.picture, tried.picture],
        [t.steps.crop, prepared.cropped],
        ...(prepared.grey ? [[t.steps.grey, prepared.grey] as [string, Rgba]] : []),
        [t.steps.resize(shape[0]), prepared.resized],
        [prepared.inverted ? t.steps.inverted : t.steps.notInverted, final],
      ];
  return (
    <section class="card wide" aria-labelledby="steps-heading">
      <h3 id="steps-heading">{t.preparing}</h3>
      <ol class="steps">
        {steps.map(([label, image]) => (
          <li key={label}>
            <Pixels image={image} label="" />
            <span>{label}</span>
          </li>
        ))}
      </ol>
      {!tried.test && (
        <Segments
          label={t.invert.label}
          value={inversion}
          options={{ auto: t.invert.auto, yes: t.invert.yes, no: t.invert.no }}
          onChange={setInversion}
        />
      )}
    </section>
  );
};

const AnswerList = ({ answer }: { answer: Answer }) => {
  const { text, info } = useStore();
  const t = text.value;
  const { classes } = info.value;
  const order = answer.probabilities
    .map((probability, c) => [probability, c] as const)
    .toSorted(([a], [b]) => b - a)
    .slice(0, mostAnswers);
  return (
    <table class="bars answers">
      <tbody>
        {order.map(([probability, c]) => (
          <tr key={c}>
            <th scope="row">{classes[c]}</th>
            <td>
              <span class="bar" style={{ width: `${100 * probability}%` }} data-series={0} />
              <span class="value">{t.percent(probability)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** A class map over the picture that the network got. */
const MapOver = ({ answer, pixels }: { answer: Answer; pixels: Uint8Array }) => {
  const { text, info } = useStore();
  const t = text.value.tryIt;
  const { classes, shape } = info.value;
  const best = bestOf(answer.logits);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const shown = chosen ?? best;
  const maps = answer.classMaps;
  const picture = useMemo(() => rgbaOf(pixels, shape), [pixels, shape]);
  const heat = useMemo(() => {
    const map: Grid | undefined = maps?.[shown];
    return map && maps && heatOf(map, largestOf(maps));
  }, [maps, shown]);
  if (!heat) return null;
  return (
    <div class="over">
      <h4>{t.over}</h4>
      <div class="stack">
        <Pixels image={picture} label="" />
        <Pixels image={heat} label={`${t.over}: ${classes[shown]}`} class="above" />
      </div>
      <div class="field">
        <label for="over-class">{t.overClass}</label>
        <select
          id="over-class"
          value={String(shown)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {classes.map((name, c) => (
            <option key={name} value={c} selected={c === shown}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
};

const Layers = ({ network, pixels }: { network: number; pixels: Uint8Array }) => {
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

export const TryIt = () => {
  const store = useStore();
  const { session, text, info, opened, shown, say, fail, inversion, standings } = store;
  const t = text.value;
  const words = t.tryIt;
  const [source, setSource] = useState<"draw" | "photo" | "test">("draw");
  const [tried, setTried] = useState<Tried | undefined>(undefined);
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const step = standings.value[shown.value]?.last?.step ?? 0;
  const prepared = useMemo(
    () => tried && prepare(tried.picture, tried.box, info.value, tried.test ? "no" : inversion.value),
    [tried, info.value, inversion.value],
  );

  // The answer of the network as it is: again after a few steps of training, but never two questions at a time.
  const asking = useRef(false);
  const askedStep = Math.floor(step / 20);
  const ready =
    opened.value !== undefined && store.phase.value !== "opening" && store.phase.value !== "closed";
  const size = info.value.shape.reduce((a, b) => a * b);
  useEffect(() => {
    if (!prepared) setAnswer(undefined);
    if (!prepared || !ready || prepared.pixels.length !== size || asking.current) return;
    asking.current = true;
    session
      .classify(shown.value, prepared.pixels)
      .then(setAnswer, fail)
      .finally(() => {
        asking.current = false;
      });
  }, [prepared, shown.value, ready, askedStep, opened.value, size]);

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
              problem={`0–${(opened.value?.data.test ?? 1) - 1}`}
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
      {tried && prepared && <Steps tried={tried} prepared={prepared} inversion={inversion.value} />}
      {answer && prepared && (
        <section class="card wide">
          <Layers network={shown.value} pixels={prepared.pixels} />
        </section>
      )}
    </div>
  );
};
