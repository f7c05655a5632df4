import { createHash } from 'node:crypto';

/** Text and controls have a contrast of at least 4.5 : 1 in both schemes (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root{color-scheme:light dark;--text:#172b4d;--quiet:#44546f;--back:#fff;--line:#8590a2;--accent:#0052cc;--on-accent:#fff;--note:#e9f2ff;--warn:#ffeceb}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ef;--quiet:#b6c2cf;--back:#161a1d;--line:#738496;--accent:#85b8ff;--on-accent:#161a1d;--note:#1c2b41;--warn:#42221f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main{max-width:36rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem;color:var(--quiet)}
header p{margin:0}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.125rem;margin:1.5rem 0 .5rem}
ul{padding-left:1.25rem;margin:.5rem 0}
li{margin:.375rem 0}
code{color:var(--quiet);font-size:.875rem}
.scopes code{display:block}
a{color:var(--accent)}
.note,.warn{padding:.75rem 1rem;border-radius:.25rem;border-left:.25rem solid var(--accent);background:var(--note)}
.warn{border-color:currentColor;background:var(--warn)}
.new{font-weight:700}
.answers{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input,select,textarea{font:inherit;width:100%;min-height:2.75rem;padding:.5rem;border:1px solid var(--line);border-radius:.25rem;background:var(--back);color:var(--text)}
textarea,pre{font-family:ui-monospace,monospace;font-size:.875rem}
pre{padding:.75rem 1rem;border:1px solid var(--line);border-radius:.25rem;overflow:auto;white-space:pre-wrap}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid var(--line);border-radius:.25rem;background:var(--back);color:var(--text);cursor:pointer}
button.first{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (forced-colors:active){button{border:2px solid ButtonText}}
`;

export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
