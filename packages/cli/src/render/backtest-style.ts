/** The style of the page, for light and dark. */
export const backtestStyle = `
:root { --page: #ffffff; --text: #1c2127; --quiet: #5b6470; --line: #e3e6ea; --tile: #f5f7f9;
  --changed: #2a6fdb; --unchanged: #c9760b; --untold: #7d8794; --first: #d5dbe2; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --text: #e7eaee; --quiet: #9aa4b0;
  --line: #2b323a; --tile: #1c2229; --changed: #5b9bf5; --unchanged: #f0a845; --untold: #6f7a87; --first: #48525d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 40px 0 12px; }
p { margin: 0 0 8px; }
.quiet { color: var(--quiet); overflow-wrap: anywhere; }
.tiles { list-style: none; margin: 24px 0 0; padding: 0; display: grid; gap: 12px;
  grid-template-columns: repeat(auto-fit, minmax(145px, 1fr)); }
.tiles li { background: var(--tile); border-radius: 8px; padding: 14px; }
.tiles strong { display: block; font-size: 22px; line-height: 1.25; white-space: nowrap; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--quiet); font-size: 13px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 8px; padding: 0;
  font-size: 13px; color: var(--quiet); }
.legend svg { width: 12px; height: 12px; margin-right: 6px; vertical-align: -1px; overflow: visible; }
section { overflow-x: auto; }
section > svg { display: block; width: 100%; min-width: 680px; height: auto; }
.grid { stroke: var(--line); stroke-width: 1; }
.tick { fill: var(--quiet); font-size: 12px; }
.label { fill: var(--text); font-size: 13px; }
.changed { fill: var(--changed); } .unchanged { fill: var(--unchanged); }
.untold { fill: var(--untold); } .first { fill: var(--first); stroke: var(--untold); stroke-width: 1; }
.mark { stroke-width: 1.5; }
.released { fill: var(--changed); stroke: var(--changed); }
.needless { fill: var(--page); stroke: var(--unchanged); }
.doubtful { fill: var(--page); stroke: var(--untold); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th { text-align: right; font-weight: 600; color: var(--quiet); vertical-align: bottom; }
th, td { padding: 5px 0 5px 14px; border-bottom: 1px solid var(--line); }
td { text-align: right; white-space: nowrap; }
td:last-child { white-space: normal; min-width: 8em; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.name { font-weight: 600; max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
dt { font-weight: 600; margin-top: 10px; } dd { margin: 0; color: var(--quiet); }
ul { padding-left: 20px; } li { overflow-wrap: anywhere; }
@media print { main { max-width: none; padding: 0; } section { break-inside: avoid-page; } }
`;
