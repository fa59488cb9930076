// Own pictures: classes with names, filled by drag and drop, the file dialogue or the camera.
import { useEffect, useRef, useState } from "preact/hooks";
import { useStore } from "../context.js";
import { Pixels } from "../draw/pixels.js";
import { areEnough, type PictureClass, pictureData } from "../pictures/own-pictures.js";
import type { Rgba } from "../pictures/prepare.js";
import { PictureError, pixelsOf, readPicture } from "../pictures/read-file.js";
import { FileDrop, Segments, TextField } from "./controls.js";

/** Live picture of the camera, with a button that takes one. */
const Camera = ({ onPicture, onEnd }: { onPicture(picture: Rgba): void; onEnd(): void }) => {
  const { text, say } = useStore();
  const t = text.value.pictures;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let ended = false;
    const open = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
        if (ended || !video.current) return stop();
        video.current.srcObject = stream;
        await video.current.play();
      } catch (error) {
        say("error", t.noCamera((error as Error).message));
        onEnd();
      }
    };
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    void open();
    return () => {
      ended = true;
      stop();
    };
  }, []);
  return (
    <div class="camera">
      <video ref={video} muted playsInline aria-label={t.camera} />
      <p class="buttons">
        <button
          type="button"
          onClick={() => {
            const { videoWidth, videoHeight } = video.current!;
            if (videoWidth > 0) onPicture(pixelsOf(video.current!, videoWidth, videoHeight));
          }}
        >
          {t.take}
        </button>
        <button type="button" onClick={onEnd}>
          {t.stopCamera}
        </button>
      </p>
    </div>
  );
};

const hasCamera = (): boolean => typeof navigator.mediaDevices?.getUserMedia === "function";

export const OwnPictures = () => {
  const { text, say, setData } = useStore();
  const t = text.value.pictures;
  const [classes, setClasses] = useState<readonly PictureClass[]>(() =>
    t.firstNames.map((name) => ({ name, pictures: [] })),
  );
  const [side, setSide] = useState(48);
  const [channels, setChannels] = useState<1 | 3>(3);
  const [camera, setCamera] = useState<number | undefined>(undefined);
  const change = (at: number, part: (one: PictureClass) => Partial<PictureClass>) =>
    setClasses((all) => all.map((one, i) => (i === at ? { ...one, ...part(one) } : one)));
  const add = (at: number, pictures: readonly Rgba[]) =>
    change(at, (one) => ({ pictures: [...one.pictures, ...pictures] }));
  const read = async (at: number, files: readonly File[]) => {
    for (const file of files) {
      try {
        add(at, [await readPicture(file)]);
      } catch (error) {
        if (!(error instanceof PictureError)) throw error;
        say(
          "error",
          error.reason === "size" ? t.tooLarge(file.name, file.size / 1e6) : t.unreadable(file.name),
        );
      }
    }
  };
  return (
    <div class="own-pictures">
      <p class="muted">{t.intro}</p>
      <div class="own-classes">
        {classes.map(({ name, pictures }, at) => (
          <fieldset key={at}>
            <legend class="hidden">{name}</legend>
            <TextField
              label={t.className(at + 1)}
              value={name}
              problem={() => t.needs}
              read={(typed) => {
                change(at, () => ({ name: typed }));
                return typed.trim() !== "";
              }}
            />
            <FileDrop
              label={t.choose(name)}
              hint={`${t.drop}. ${t.count(pictures.length)}`}
              accept="image/*"
              multiple
              onFiles={(files) => void read(at, files)}
            />
            {pictures.length > 0 && (
              <ul class="thumbs">
                {pictures.map((picture, i) => (
                  <li key={i}>
                    <button
                      type="button"
                      aria-label={t.removePicture(i + 1, name)}
                      title={t.removePicture(i + 1, name)}
                      onClick={() =>
                        change(at, (one) => ({ pictures: one.pictures.filter((_, j) => j !== i) }))
                      }
                    >
                      <Pixels image={picture} label="" />
                    </button>
                  </li>
                ))}
              </ul>
            )}
            {camera === at && (
              <Camera onPicture={(picture) => add(at, [picture])} onEnd={() => setCamera(undefined)} />
            )}
            <p class="buttons">
              {hasCamera() && camera !== at && (
                <button type="button" aria-label={t.cameraFor(name)} onClick={() => setCamera(at)}>
                  {t.camera}
                </button>
              )}
              {classes.length > 2 && (
                <button type="button" onClick={() => setClasses((all) => all.filter((_, i) => i !== at))}>
                  {t.remove(name)}
                </button>
              )}
            </p>
          </fieldset>
        ))}
      </div>
      <p class="buttons">
        <button
          type="button"
          onClick={() => setClasses((all) => [...all, { name: t.newName(all.length + 1), pictures: [] }])}
        >
          {t.add}
        </button>
      </p>
      <div class="fields">
        <Segments
          label={t.colour}
          value={String(channels)}
          options={{ 3: t.coloured, 1: t.grey }}
          onChange={(value) => setChannels(value === "1" ? 1 : 3)}
        />
        <TextField
          label={t.size}
          value={String(side)}
          number
          min={16}
          max={128}
          step={1}
          problem={() => "16–128"}
          read={(typed) => {
            const value = Number(typed);
            const good = Number.isInteger(value) && value >= 16 && value <= 128;
            if (good) setSide(value);
            return good;
          }}
        />
      </div>
      <p class="buttons">
        <button
          type="button"
          class="primary"
          disabled={!areEnough(classes)}
          onClick={() => setData({ source: "pictures" }, pictureData(classes, side, channels))}
        >
          {t.use}
        </button>
      </p>
      {!areEnough(classes) && <p class="muted">{t.needs}</p>}
    </div>
  );
};
