// The part of asciichart (which ships no types) that curves.ts uses.
declare module "asciichart" {
  export interface PlotOptions {
    min?: number;
    max?: number;
    /** Rows between min and max. */
    height?: number;
    /** Columns before the first value, the axis being the last of them. */
    offset?: number;
    format?: (value: number) => string;
    symbols?: readonly string[];
  }
  export const plot: (series: readonly number[], options?: PlotOptions) => string;
}
