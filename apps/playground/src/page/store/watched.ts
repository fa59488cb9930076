// The test images whose class maps are shown.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Opened, Session } from "../../session/session.js";
import type { PageState } from "../../state/page-state.js";

/** Images of the test set. */
export interface TestImages {
  indices: readonly number[];
  pixels: Uint8Array;
  labels: readonly number[];
}

/** Images that are watched where the reader names none, each of another class. */
const most = 6;
/** Images that are searched for the first of each class. */
const searched = 100;

export const createWatched = (
  session: Pick<Session, "images" | "watch">,
  state: ReadonlySignal<Pick<PageState, "watched">>,
) => {
  const watchedImages = signal<TestImages | undefined>(undefined);

  const firstOfClasses = async ({ classes, test }: Opened["data"]): Promise<number[]> => {
    const first = Array.from({ length: Math.min(searched, test) }, (_, i) => i);
    const { labels } = await session.images(first);
    return classes
      .flatMap((_, label) => {
        const index = labels.indexOf(label);
        return index < 0 ? [] : [index];
      })
      .slice(0, most);
  };

  return {
    watchedImages,
    /** There are none until the next call of `watch`: those of other data may be of another size. */
    forget: (): void => {
      watchedImages.value = undefined;
    },
    /** Watches those that the state names, or the first of each class. */
    watch: async (data: Opened["data"]): Promise<void> => {
      const asked = state.peek().watched.filter((index) => index < data.test);
      const indices = asked.length > 0 ? asked : await firstOfClasses(data);
      await session.watch(indices);
      watchedImages.value = { indices, ...(await session.images(indices)) };
    },
  };
};
