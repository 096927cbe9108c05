import { instance } from '@viz-js/viz';

/** Where the pictures of the documentation are: each a source for Graphviz, with what it renders to beside it. */
export const PICTURES = 'docs/pictures';

/** Light or dark as the viewer prefers, on a ground of its own: the page around it may have been set otherwise. */
const STYLE = `
  svg { --ink: #1f2328; --faint: #59636e; --line: #3f4a56; --panel: #f6f8fa; --border: #d1d9e0; --bad: #b3261e;
        --compute: #fff1e0; --queue: #f3e8fd; --store: #e2eefd; --service: #fde7f0; --choice: #fff8c5; --dead: #fde3e1; --page: #ffffff; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --faint: #9198a1; --line: #b5bfc9; --panel: #151b23; --border: #3d444d; --bad: #ff8a80;
          --compute: #4a3113; --queue: #3a2553; --store: #16355c; --service: #4e1f38; --choice: #474000; --dead: #571a17; --page: #0d1117; }
  }
  text { fill: var(--ink); font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; font-size: 11px; }
  .graph > polygon { fill: var(--page); }
  .cluster path, .cluster polygon { fill: var(--panel); stroke: var(--border); }
  .cluster text { fill: var(--faint); font-weight: bold; font-size: 12px; }
  .node text:first-of-type { font-weight: bold; }
  .node path, .node polygon { stroke: var(--border); }
  .compute path { fill: var(--compute); } .queue path { fill: var(--queue); } .store path { fill: var(--store); }
  .service path { fill: var(--service); } .choice polygon { fill: var(--choice); } .person path { fill: var(--page); }
  .dead path { fill: var(--dead); stroke: var(--bad); stroke-dasharray: 4 3; }
  .edge text { font-size: 10px; }
  .edge path { stroke: var(--line); } .edge polygon { fill: var(--line); stroke: var(--line); }
  .flow path { stroke-width: 1.6; } .flow text { font-weight: bold; }
  .aside path { stroke-dasharray: 1.5 3; } .aside text { fill: var(--faint); }
  .failure path { stroke: var(--bad); stroke-dasharray: 5 3; } .failure polygon { fill: var(--bad); stroke: var(--bad); }
  .failure text { fill: var(--bad); }
`;

/** The picture that a source in the DOT language describes, as SVG. */
export async function pictureOf(source: string): Promise<string> {
  const graphviz = await instance();
  const svg = graphviz.renderString(source, { format: 'svg' });
  return svg.slice(svg.indexOf('<svg')).replace(/(<svg[^>]*>)/, `$1\n<style>${STYLE}</style>`);
}

/** The file of the picture, by that of its source. */
export const renderedFrom = (source: string): string => source.replace(/\.dot$/, '.svg');
