// CSS of the page: one column on a phone, figures side by side if there is room, black on white in print.
import { themeCss } from "../themes.js";

export const pageCss = (): string => `${themeCss()}
*{box-sizing:border-box}
body{margin:0;background:var(--mlp-paper);color:var(--mlp-ink);font:16px/1.5 Inter,system-ui,sans-serif}
header,main,nav{max-width:76rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--mlp-grid);overflow-wrap:anywhere}
h3{font-size:1rem;margin:0 0 .5rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0;padding:0;list-style:none}
a{color:var(--mlp-series-1);overflow-wrap:anywhere}
p.note,figcaption,caption{color:var(--mlp-muted);font-size:.875rem}
.figures{display:flex;flex-wrap:wrap;gap:2rem 2.5rem;align-items:flex-start;margin:1.5rem 0}
figure{margin:0;max-width:100%}
figcaption{max-width:34rem;margin-top:.35rem}
.scroll{overflow-x:auto;max-width:100%}
.scroll:focus-visible{outline:2px solid var(--mlp-series-1);outline-offset:2px}
svg{display:block;max-width:100%;height:auto}
svg.wide{max-width:none}
svg .pixels{image-rendering:pixelated}
dl.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.75rem;margin:1rem 0}
dl.tiles div{border:1px solid var(--mlp-grid);border-radius:6px;padding:.5rem .75rem}
dt{color:var(--mlp-muted);font-size:.8125rem}
dd{margin:0;font-size:1.15rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.scroll+.scroll{margin-top:1.5rem}
.name{display:inline-block;max-width:min(14rem,40vw);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.35rem;position:sticky;left:0;max-width:calc(100vw - 2rem)}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--mlp-grid);white-space:nowrap}
thead th{white-space:normal;vertical-align:bottom}
tbody th{font-weight:600;white-space:normal}
@media screen{
td.long{white-space:normal;min-width:5.25rem}
#comparison table{font-size:.75rem}
#comparison :is(th,td){padding-right:.5rem}
#comparison :is(th,td):last-child{padding-right:0}
}
.number{text-align:right}
summary{cursor:pointer}
details{margin:1rem 0}
@media print{
body{font-size:11px}
nav{display:none}
h2{break-after:avoid}
figure,dl.tiles div,tr{break-inside:avoid}
.scroll{overflow:visible}
svg.wide{max-width:100%}
.figures{gap:1rem}
figure:not(.wide){max-width:calc(50% - .5rem)}
table{font-size:8px}
th,td{padding-right:.4rem;white-space:normal;overflow-wrap:anywhere;vertical-align:bottom}
thead th,.number{overflow-wrap:normal}
}`;
