// What the session's tests share: a small data set, and quick settings.
import { syntheticInfo } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import type { SettingValues } from "@mlpconv/runs";
import { presetSettings } from "@mlpconv/runs/recipe";
import { createSession } from "./create-session.js";
import type { NetworkSettings, OpenRequest, Progress, Session } from "./session.js";

export const smallData = { source: "synthetic", train: 48, test: 20 } as const;

/** Three steps an epoch, two epochs, with a learning rate at which so small a net stays alive. */
export const quickSettings = (changes: SettingValues = {}, model: ModelName = "ninMnist"): NetworkSettings =>
  presetSettings(
    { model, preset: "quick" },
    {
      ...{ epochs: 2, batchSize: 16, limit: 48, learningRate: 0.01 },
      ...{ "net.ratio": 16, "net.dropout": 0.5 },
      ...changes,
    },
    syntheticInfo,
  );

/** An open session on engine wasm. */
export const openSample = async (
  networks: readonly NetworkSettings[] = [quickSettings()],
  request: Partial<OpenRequest> = {},
): Promise<Session> => {
  const session = createSession();
  await session.open({ engine: "wasm", data: smallData, networks, ...request });
  return session;
};

/** The values of all weights of a network. */
export const weightsOf = async (session: Session, network = 0): Promise<Uint8Array> =>
  (await session.save(network, "safetensors"))[0]!.bytes;

/** Collects progress. */
export const recorder = () => {
  const seen: Progress[] = [];
  return { seen, record: (progress: Progress) => void seen.push(progress) };
};

export const ignore = (): void => {};
