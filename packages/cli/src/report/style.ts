/** The report's style sheet; follows the reader's light or dark setting. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5d6778;--line:#dde2ea;--ground:#fff;--card:#f6f8fb;--init:#c98a1b;--work:#2f6fde;--handoff:#7a4fd0;--fault:#cf3b3b;--ok:#1d8a4e}
@media (prefers-color-scheme:dark){:root{--ink:#e7ebf2;--soft:#9aa5b8;--line:#2b3342;--ground:#12161e;--card:#1a202b;--init:#e0a63a;--work:#5d93f2;--handoff:#a17ff0;--fault:#ef6a6a;--ok:#4cc583}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:72rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
.kind{margin:0;color:var(--soft);text-transform:uppercase;letter-spacing:.08em;font-size:.75rem}
h1{margin:.1rem 0;font-size:1.6rem;line-height:1.25}h2{margin:2rem 0 .5rem;font-size:1.1rem}
.about,.legend{margin:0;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.status{font-size:.75rem;font-weight:600;padding:.1rem .5rem;border-radius:1rem;background:var(--card);color:var(--soft);vertical-align:middle}
.status.done{color:var(--ok)}.status.failed,.status.error,.status.timeout,.status.exit,.status.stopped{color:var(--fault)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.6rem;margin:1.2rem 0}
.figures div{background:var(--card);border-radius:.5rem;padding:.6rem .8rem}
dt{color:var(--soft);font-size:.78rem}dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
.check{padding:.5rem .8rem;border-radius:.5rem;background:var(--card);border-left:4px solid var(--ok)}.check.bad{border-color:var(--fault)}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .3em 0 .9em;vertical-align:-.05em}.legend i:first-child{margin-left:0}
i.init{background:var(--init)}i.work{background:var(--work)}i.handoff{background:var(--handoff)}i.fault{background:var(--fault)}
svg{display:block;width:100%;height:auto;margin-top:.5rem;background:var(--card);border-radius:.5rem}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}svg .grid{stroke:var(--line)}
svg .init{fill:var(--init)}svg .work{fill:var(--work)}svg .handoff{fill:var(--handoff)}svg .fault{fill:var(--fault)}
svg .curve{fill:none;stroke:var(--work);stroke-width:2}svg .area{fill:var(--work);opacity:.15}svg .mark{stroke:var(--soft);stroke-width:1;opacity:.35}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--soft);font-weight:500}
`;
