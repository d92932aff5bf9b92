/** The report's style sheet; follows the reader's light or dark setting. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--ink:#1c2330;--soft:#566072;--line:#dde2ea;--ground:#fff;--card:#f5f7fa;--init:#b9780b;--work:#2f6fde;--handoff:#7a4fd0;--fault:#c62f2f;--ok:#14763f;--idle:#e3e7ee;--lost:#f7d5d5;--link:#1f5fd0;--run0:#2f6fde;--run1:#0b7f86;--run2:#647a12;--run3:#b13d94;--run4:#64748b;--run5:#8a5a2b}
@media (prefers-color-scheme:dark){:root{--ink:#e7ebf2;--soft:#a3adbf;--line:#2b3342;--ground:#12161e;--card:#1a202b;--init:#e0a63a;--work:#5d93f2;--handoff:#a17ff0;--fault:#f47f7f;--ok:#4cc583;--idle:#2a3140;--lost:#4d2a30;--link:#8ab4ff;--run0:#5d93f2;--run1:#3fb8bf;--run2:#a9c04a;--run3:#e07cc8;--run4:#94a3b8;--run5:#d09a63}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.25rem 1rem 4rem;max-width:72rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);overflow-wrap:anywhere}
.kind{margin:0;color:var(--soft);text-transform:uppercase;letter-spacing:.08em;font-size:.75rem}
h1{margin:.1rem 0;font-size:1.35rem;line-height:1.25}h2{margin:1.8rem 0 .4rem;font-size:1.1rem}h2 small{color:var(--soft);font-weight:400;margin-left:.3em}
a{color:var(--link)}.about,.legend,.note{margin:0;color:var(--soft);font-size:.85rem}
.status{font-size:.75rem;font-weight:600;padding:.1rem .5rem;border-radius:1rem;background:var(--card);color:var(--soft);vertical-align:middle;white-space:nowrap}
.status.done{color:var(--ok)}.bad,.status.failed,.status.error,.status.timeout,.status.exit,.status.stopped{color:var(--fault)}
.check{margin:.7rem 0 0;padding:.45rem .8rem;border-radius:.5rem;background:var(--card);color:var(--ink);border-left:4px solid var(--ok)}.check.bad{border-color:var(--fault)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:0 1.25rem;margin:.8rem 0 0}
.figures div{display:flex;justify-content:space-between;align-items:baseline;gap:.6rem;border-bottom:1px solid var(--line);padding:.2rem 0}
dt{color:var(--soft);font-size:.8rem;line-height:1.25;overflow-wrap:normal}dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.errors ul{list-style:none;margin:0;padding:0}.errors li{padding:.5rem .8rem;margin:.4rem 0;background:var(--card);border-left:4px solid var(--fault);border-radius:.5rem}
.errors .status{background:var(--ground)}td small,li small{display:block;color:var(--soft);font-size:.8rem}
.filter{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1.2rem;margin:1.4rem 0 0;padding:.5rem .8rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground);font-size:.9rem}@media (min-width:48rem) and (min-height:40rem){.filter{position:sticky;top:.4rem;z-index:1}}
.filter[hidden]{display:none}.filter select{font:inherit;max-width:100%;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.3rem;padding:.15rem .3rem}
.filter input{width:1rem;height:1rem;vertical-align:-.12em;accent-color:var(--work)}.filter output{color:var(--soft);font-size:.85rem}.filter label{max-width:100%}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.legend span{display:inline-block;max-width:100%;margin-right:.8em}
.swatch{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.4em;vertical-align:-.03em;background:var(--work)}
.swatch.init{background:var(--init)}.swatch.handoff{background:var(--handoff)}.swatch.fault{background:var(--fault)}.swatch.total{background:var(--ink)}.swatch.idle{background:var(--idle);outline:1px solid var(--soft)}.swatch.lost{background:var(--lost);outline:1px solid var(--fault)}.swatch.reserve{background:var(--init);height:2px;width:1.1em;vertical-align:.25em}
${Array.from({ length: 6 }, (_, at) => `.swatch.run${at}{background:var(--run${at})}svg .run${at}{fill:var(--run${at});stroke:var(--run${at})}`).join("")}
.plot{container-type:inline-size;display:grid;grid-template-columns:4.2rem minmax(0,1fr);margin-top:.5rem;padding:.9rem 1.5rem .3rem .2rem;background:var(--card);border-radius:.5rem;color:var(--soft);font-size:12px;line-height:1;font-variant-numeric:tabular-nums}
.plot .ys{position:relative}.plot .ys span{position:absolute;right:.5rem;transform:translateY(-50%);white-space:nowrap}
.plot .field{min-width:0}.plot .xs{position:relative;height:1.5rem}.plot .xs span{position:absolute;top:.5rem;transform:translateX(-50%);white-space:nowrap}
.plot svg{display:block;width:100%;overflow:visible}.plot .xs.narrow,.plot .grid.narrow{display:none}
@media (max-width:40rem){.plot{padding-right:1.1rem}.plot .xs.narrow{display:block}.plot .grid.narrow{display:inline}.plot .xs.wide,.plot .grid.wide{display:none}}
svg path{fill:none;vector-effect:non-scaling-stroke;pointer-events:none}svg .grid{stroke:var(--line)}svg rect{stroke:none}
svg .work{fill:var(--work);stroke:var(--work)}svg .init{fill:var(--init);stroke:var(--init)}svg .handoff{fill:var(--handoff);stroke:var(--handoff)}svg .fault{fill:var(--fault);stroke:var(--fault)}
svg rect:not(.tiny){stroke:none}svg rect.tiny{vector-effect:non-scaling-stroke;stroke-width:1px}svg rect.fault.tiny{stroke-width:3px}
svg path.curve{fill:none;stroke-width:1.5}svg .total,svg .cost{stroke:var(--ink);stroke-width:2}svg .reserve{stroke:var(--init);stroke-width:1.5}
svg .idle{fill:var(--idle)}svg .lost{fill:var(--lost)}svg .dot{stroke-width:5;stroke-linecap:round}svg .dot.fault{stroke-width:7}
svg .dim{opacity:.12}svg path.chosen.curve{stroke-width:3}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem .35rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:500;font-size:.8rem}
tr[hidden]{display:none}:is(.hops,.runs) td:first-child{width:28%}:is(.hops,.runs) td:nth-child(2){width:20%}@media (min-width:48rem){:is(.hops,.runs) td:nth-child(2){width:16%}}tr.bad{color:var(--ink)}tr:target td{background:var(--card)}
.message{color:var(--fault)}details{border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.45rem 0}
@media print{.filter{display:none}body{max-width:none}}
`;
