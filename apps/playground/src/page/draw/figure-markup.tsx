// A figure of the report in the page.
import { useLayoutEffect, useRef } from "preact/hooks";

/** @param svg a figure of `@mlpconv/report`, which escapes all texts in it */
export const FigureMarkup = ({ svg }: { svg: string }) => {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    frame.current!.innerHTML = svg;
  }, [svg]);
  return <div class="figure-markup" ref={frame} />;
};
