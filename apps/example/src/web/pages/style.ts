import { createHash } from 'node:crypto';

/** Text and controls have a contrast of at least 4.5 : 1 in both schemes (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root{color-scheme:light dark;--text:#172b4d;--quiet:#44546f;--back:#fff;--line:#8590a2;--accent:#0052cc;--on-accent:#fff;--note:#e9f2ff;--warn:#ffeceb}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ef;--quiet:#b6c2cf;--back:#161a1d;--line:#738496;--accent:#85b8ff;--on-accent:#161a1d;--note:#1c2b41;--warn:#42221f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main{max-width:44rem;margin:0 auto;padding:0 1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;padding-top:1.5rem;color:var(--quiet)}
header p{margin:0}
h1{font-size:1.5rem;line-height:1.25;margin:1rem 0}
h2{font-size:1.125rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:0}
.pages{list-style:none;padding:0;margin:0}
.pages li{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;padding:.75rem 0;border-top:1px solid var(--line)}
.pages div{flex:1 1 14rem}
.pages p{margin:0;color:var(--quiet)}
a{color:var(--accent)}
.note,.warn{padding:.75rem 1rem;border-radius:.25rem;border-left:.25rem solid var(--accent);background:var(--note)}
.warn{border-color:currentColor;background:var(--warn)}
.note+.warn,.note+.note,.warn+.note,.warn+.warn{margin-top:.5rem}
.note p,.warn p{margin:0}
dt{font-weight:600}
dd{margin:0 0 .5rem}
label{display:block;font-weight:600;margin:1rem 0 .25rem}
input{font:inherit;width:100%;max-width:24rem;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.25rem;background:var(--back);color:var(--text)}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid var(--line);border-radius:.25rem;background:var(--back);color:var(--text);cursor:pointer}
button.first{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (forced-colors:active){button{border:2px solid ButtonText}}
`;

export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
