/** The report's style sheet; follows the reader's light or dark setting. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5d6778;--line:#dde2ea;--ground:#fff;--card:#f6f8fb;--objects:#2f6fde;--bytes:#7a4fd0}
@media (prefers-color-scheme:dark){:root{--ink:#e7ebf2;--soft:#9aa5b8;--line:#2b3342;--ground:#12161e;--card:#1a202b;--objects:#5d93f2;--bytes:#a17ff0}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:72rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
.kind{margin:0;color:var(--soft);text-transform:uppercase;letter-spacing:.08em;font-size:.75rem}
h1{margin:.1rem 0;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}h2{margin:2rem 0 .5rem;font-size:1.1rem}
.about,.legend{margin:0;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.6rem;margin:1.2rem 0}
.figures div{background:var(--card);border-radius:.5rem;padding:.6rem .8rem;min-width:0}
dt{color:var(--soft);font-size:.78rem}dd{margin:0;font-size:1.1rem;font-weight:600;font-variant-numeric:tabular-nums}
dd small{display:block;font-size:.75rem;font-weight:400;color:var(--soft);overflow-wrap:anywhere}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .3em 0 .9em;vertical-align:-.05em}.legend i:first-child{margin-left:0}
i.objects{background:var(--objects)}i.bytes{background:var(--bytes)}
svg{display:block;width:100%;height:auto;margin-top:.5rem;background:var(--card);border-radius:.5rem}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}svg .name{fill:var(--ink)}svg .grid{stroke:var(--line)}
svg .objects{fill:var(--objects)}svg .bytes{fill:var(--bytes)}
.scroll{overflow:auto;max-height:40rem}table{border-collapse:collapse;width:100%;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500;position:sticky;top:0;background:var(--ground)}
th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:16rem}
`;
