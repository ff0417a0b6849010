/** What the report of drills adds to the look of all reports. */
export const DRILL_CSS = `
.badge{display:inline-block;min-width:54px;text-align:center;border:1px solid currentColor;border-radius:5px;padding:0 7px;font-weight:600;white-space:nowrap}
.good{color:var(--good)}.warning{color:var(--hit)}.bad{color:var(--bad)}.none{color:var(--soft)}
rect.failed{fill:var(--bad)}rect.up{fill:var(--good)}rect.down{fill:var(--hit)}rect.gone{fill:var(--bad)}
.recovered{stroke:var(--good);stroke-width:2}.curve.first{stroke:var(--ok)}.curve.second{stroke:var(--hit)}.curve.third{stroke:var(--open)}
.curve.waiting{stroke:var(--idle);stroke-dasharray:3 3}
.bar.first{background:var(--ok)}.bar.second{background:var(--hit)}.bar.third{background:var(--open)}.bar.recovered{background:var(--good)}.bar.shade{background:var(--shade);height:8px}
.bar.waiting{height:0;border-top:2px dashed var(--idle);background:none}.dot.up{background:var(--good)}.dot.down{background:var(--hit)}.dot.gone{background:var(--bad)}
.name{white-space:nowrap}.columns ul{columns:2 340px;column-gap:28px}.columns li{break-inside:avoid}
.findings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:0 22px}.findings h3{margin-top:10px}
ul,ol{padding-left:20px;margin:6px 0}li{margin:4px 0;overflow-wrap:anywhere}
dl{margin:8px 0;font-size:14px}dt{font-weight:600;margin-top:8px}dd{margin:0;overflow-wrap:anywhere}
code{font-size:.92em;background:var(--card);border-radius:4px;padding:1px 4px;overflow-wrap:anywhere}section code{background:var(--bg)}
section h3{display:flex;gap:10px;align-items:baseline;flex-wrap:wrap}section h4{font-size:14px;margin:12px 0 4px}
`;
