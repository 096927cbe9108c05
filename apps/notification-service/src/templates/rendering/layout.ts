import { directionOf } from '../template.js';

const FONTS = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif";

/** What elements cannot say of themselves: words within a text, and everything's colours where it is dark. */
const STYLE = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  .label { font-size: 13px; color: #667085; }
  .prose div { white-space: pre-line; }
  .small a { color: inherit; }
  .code { display: inline-block; margin-top: 6px; padding: 8px 14px; border-radius: 8px; background: #eef1f8;
    font: 700 20px/1.2 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; letter-spacing: 3px; }
  @media (prefers-color-scheme: dark) {
    .page, .page > div { background-color: #11131a !important; }
    .card, .card > table { background-color: #1c1f2a !important; }
    .card div, .card a { color: #e6e8ee !important; }
    .card .label, .small div, .brand div { color: #9aa2b1 !important; }
    .card .code { background: #2d3344 !important; }
    .rule p { border-top-color: #343a4a !important; }
    .action a, .action td { background-color: #5b7cfa !important; color: #ffffff !important; }
  }`;

/**
 * The frame that all e-mails share, as a whole MJML document around `content`, which stands in its one column. The
 * content can use the classes `headline` and `small` (`mj-class`), `prose` (`css-class`), `label` and `code` (`class`).
 */
export function inLayout(content: string, locale: string): string {
  const direction = directionOf(locale);
  const start = direction === 'rtl' ? 'right' : 'left';
  return `<mjml lang="${locale}" dir="${direction}">
  <mj-head>
    <mj-title>Usher</mj-title>
    <mj-raw>
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
    </mj-raw>
    <mj-attributes>
      <mj-all font-family="${FONTS}" />
      <mj-text align="${start}" color="#1d2230" font-size="16px" line-height="1.5" padding="8px 32px" />
      <mj-button align="${start}" css-class="action" background-color="#3b5bdb" color="#ffffff" border-radius="8px"
        font-size="16px" font-weight="600" inner-padding="13px 26px" padding="20px 32px 12px" />
      <mj-divider css-class="rule" border-color="#e4e7ec" border-width="1px" padding="20px 32px 8px" />
      <mj-class name="headline" font-size="24px" font-weight="700" line-height="1.3" padding="28px 32px 8px" />
      <mj-class name="small" css-class="small" color="#667085" font-size="13px" />
    </mj-attributes>
    <mj-style>${STYLE}
    </mj-style>
  </mj-head>
  <mj-body css-class="page" background-color="#f2f4f8">
    <mj-section padding="12px" />
    <mj-section css-class="card" direction="${direction}" background-color="#ffffff" border-radius="12px" padding="0 0 20px">
      <mj-column direction="${direction}">
${content}
      </mj-column>
    </mj-section>
    <mj-section padding="8px">
      <mj-column direction="${direction}">
        <mj-text css-class="brand" align="center" color="#667085" font-size="13px">Usher</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;
}
