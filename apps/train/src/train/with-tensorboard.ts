// `--tensorboard`: a run whose events TensorBoard draws as well.
import { type OpenRun, tensorBoard } from "@mlpconv/runs/node";

/** The run, whose record() also writes event files to its folder. A run whose event files cannot be made is closed. */
export const withTensorBoard = async (run: OpenRun): Promise<OpenRun> => {
  const board = await tensorBoard(run.folder).catch(async (error) => {
    await run.close();
    throw error;
  });
  return {
    ...run,
    record: async (event) => {
      await run.record(event);
      await board.record(event);
    },
    close: async () => {
      try {
        await board.close();
      } finally {
        await run.close();
      }
    },
  };
};
