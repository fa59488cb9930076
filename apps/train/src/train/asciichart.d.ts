// Types for the part of asciichart that curves.ts uses; the package ships none.
declare module "asciichart" {
  export interface PlotOptions {
    min?: number;
    max?: number;
    /** Rows between minimum and maximum. */
    height?: number;
    /** Columns before the first value, including the axis. */
    offset?: number;
    format?: (value: number) => string;
    symbols?: readonly string[];
  }
  export const plot: (series: readonly number[], options?: PlotOptions) => string;
}
