import { Html } from '#http';

export const STYLE = new Html(`
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); --quiet: light-dark(#555, #aaa); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem; }
h1 small, .note { color: var(--quiet); font-weight: normal; }
.note { font-size: 0.875rem; }
nav a { margin-right: 1rem; }
code { font: 0.875em ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: 0.25rem 0; white-space: pre-wrap; }
table { border-collapse: collapse; margin: 0.25rem 0; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
th { width: 14rem; }
details, article { border: 1px solid var(--line); border-radius: 0.5rem; margin: 0.5rem 0; padding: 0.5rem 1rem; }
summary { cursor: pointer; }
h4 { margin: 0.75rem 0 0; text-transform: capitalize; }
.type { font-style: italic; }
.send, .receive { border-radius: 0.25rem; color: #fff; font-size: 0.75rem; padding: 0.1rem 0.4rem; }
.send { background: #0a6c4a; }
.receive { background: #2456b3; }
`);
