import type { Mail } from './mails.js';

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

/** Text of a mail: whichever way it runs, what stands beside it does not. */
const shown = (text: string): string => `<bdi>${escape(text)}</bdi>`;

const STYLE = `
  :root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1d2433; background: #f4f5f8; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.3rem; } a { color: #3448c5; }
  table { width: 100%; border-collapse: collapse; background: #fff; border-radius: 8px; overflow: hidden; }
  td, th { padding: .55rem .8rem; text-align: left; border-bottom: 1px solid #e6e8ef; vertical-align: top; }
  th { font-weight: 600; color: #5b6478; width: 6rem; } time { color: #5b6478; white-space: nowrap; }
  iframe { width: 100%; height: 46rem; border: 1px solid #e6e8ef; border-radius: 8px; background: #fff; margin-top: 1rem; }
  pre { white-space: pre-wrap; background: #fff; padding: 1rem; border-radius: 8px; }`;

const page = (title: string, body: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>${head}<style>${STYLE}</style></head><body>${body}</body></html>`;

/** All mails; it looks for new ones by itself. */
export function listPage(mails: readonly Mail[]): string {
  const rows = mails.map(({ id, at, to, content }) => {
    const subject = shown(content.subject || '(no subject)');
    return `<tr><td><time>${escape(at.slice(0, 19).replace('T', ' '))}</time></td><td>${shown(to.join(', '))}</td><td><a href="/mails/${id}/page">${subject}</a></td></tr>`;
  });
  const none = '<p>No e-mail has come in yet. Book an event, or cancel one.</p>';
  const table = `<table><tr><th>When (UTC)</th><th>To</th><th>Subject</th></tr>${rows.join('')}</table>`;
  const refresh = '<meta http-equiv="refresh" content="3">';
  return page('Mailbox', `<h1>Usher’s mailbox</h1>${rows.length === 0 ? none : table}`, refresh);
}

/** One mail. What it says itself is in a frame that may do nothing. */
export function mailPage({ id, at, to, content }: Mail): string {
  const attachments = content.attachments.map(
    ({ filename }, index) => `<a href="/mails/${id}/attachments/${index}">${shown(filename ?? 'attachment')}</a>`,
  );
  const rows: [string, string][] = [
    ['From', shown(content.from?.address ?? '')],
    ['To', shown(to.join(', '))],
    ['At', escape(at)],
    ...(attachments.length === 0 ? [] : [['Attached', attachments.join(', ')] as [string, string]]),
    ['More', `<a href="/mails/${id}/source">the source, with all headers</a>`],
  ];
  const table = `<table>${rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('')}</table>`;
  const body =
    content.html === undefined
      ? `<pre>${shown(content.text ?? '')}</pre>`
      : `<iframe sandbox src="/mails/${id}/html" title="The e-mail"></iframe><h2>As plain text</h2><pre>${shown(content.text ?? '')}</pre>`;
  const subject = content.subject || '(no subject)';
  return page(subject, `<p><a href="/">All e-mails</a></p><h1>${shown(subject)}</h1>${table}${body}`);
}
