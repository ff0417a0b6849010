const LIGHT =
  '--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d9dee4;--card:#f6f8fa;--ok:#2b6cb0;--hit:#b86e00;--bad:#c62828;--good:#1a7f4b;--open:#7a5ea8;--shade:#c7770022;--idle:#b9c2cc';
const DARK =
  '--bg:#14171b;--fg:#e6e9ed;--soft:#9aa4b0;--line:#333a43;--card:#1c2127;--ok:#6cb0f5;--hit:#f0a830;--bad:#ff6b6b;--good:#4cc38a;--open:#b79df0;--shade:#f0a83026;--idle:#4a535e';

/** Look of the HTML report: light and dark by the reader's own setting, light on paper. */
export const REPORT_CSS = `
:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:1140px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:26px;margin:0 0 8px}h2{font-size:19px;margin:32px 0 10px}h3{font-size:16px;margin:0 0 6px}
a{color:inherit}.lead{font-size:17px;margin:0 0 4px}.facts{color:var(--soft);font-size:13px;margin:4px 0}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;margin:8px 0;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:5px 10px;text-align:left;vertical-align:top}thead th{color:var(--soft);font-weight:600;white-space:nowrap}
tr{break-inside:avoid}td.figure{white-space:nowrap}td.number,th.number{text-align:right;white-space:nowrap}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px;margin:14px 0;break-inside:avoid}
.pass,.fail,.inconclusive{font-weight:600;text-decoration:none}.pass{color:var(--good)}.fail{color:var(--bad)}.inconclusive{color:var(--open)}
.matrix td{padding:3px}.matrix a{display:block;padding:3px 9px;border-radius:5px;border:1px solid currentColor;white-space:nowrap}
.matrix small{color:var(--soft);font-weight:400;margin-left:6px}a.fail.by-fault{border-style:dashed}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:4px 18px}
figure{margin:6px 0}figcaption{color:var(--soft);font-size:12px}svg{width:100%;height:auto;display:block}
.grid{stroke:var(--line)}.tick{fill:var(--soft);font-size:12px}.window{fill:var(--shade)}.limit{stroke:var(--bad);stroke-dasharray:5 4}
circle{fill:var(--ok)}circle.hit{fill:var(--hit)}circle.failed{fill:var(--bad)}path{fill:none;stroke:var(--bad);stroke-width:2}
rect.good{fill:var(--idle)}rect.failed{fill:var(--bad)}rect.failed.hit{fill:var(--hit)}
.curve{fill:none;stroke-width:2}.curve.baseline{stroke:var(--ok)}.curve.faulted{stroke:var(--hit)}
.dot,.bar{display:inline-block;width:8px;height:8px;border-radius:50%}.bar{width:14px;height:3px;border-radius:0;vertical-align:middle}
.dot.hit,.bar.faulted{background:var(--hit)}.dot.failed{background:var(--bad)}.bar.baseline{background:var(--ok)}.dot.good{background:var(--idle)}
.bar.limit{height:0;border-top:2px dashed var(--bad);background:none}
@media print{body{font-size:12px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}table{font-size:10px}th,td{padding:3px 6px}.wide{overflow:visible}section{padding:8px 10px;margin:8px 0}h2{break-after:avoid}.charts{grid-template-columns:1fr 1fr}}
`;
