// `--tensorboard`: a run whose events TensorBoard draws as well.
import { type OpenRun, tensorBoard } from "@mlpconv/runs/node";

/** The run, whose record() also writes event files to its folder. */
export const withTensorBoard = async (run: OpenRun): Promise<OpenRun> => {
  const board = await tensorBoard(run.folder);
  return {
    ...run,
    record: async (event) => {
      await run.record(event);
      await board.record(event);
    },
    close: async () => {
      await board.close();
      await run.close();
    },
  };
};
