import { inLayout } from './layout.js';

/** What MJML has against a source; the line is one of the source, and 0 where none is to blame. */
export class MjmlError extends Error {
  constructor(readonly faults: readonly { line: number; message: string }[]) {
    super(faults.map(({ line, message }) => `line ${line}: ${message}`).join('; '));
  }
}

/**
 * The HTML of a whole mail from the MJML of its content, with Handlebars still in it: it is made once for each version of
 * a template, and not for each message. Throws `MjmlError` for what MJML does not know.
 */
export async function toMailHtml(content: string, locale: string): Promise<string> {
  // It takes a second to load, and only those need it who write templates or use one for the first time.
  const { default: mjml2html } = await import('mjml');
  try {
    const { html } = await mjml2html(inLayout(content, locale), {
      validationLevel: 'strict',
      fonts: {},
      keepComments: false,
    });
    return html;
  } catch (error) {
    throw new MjmlError(faultsOf(error, linesAbove(locale)));
  }
}

const MARK = '\0';

const linesAbove = (locale: string): number => {
  const [above = ''] = inLayout(MARK, locale).split(MARK);
  return above.split('\n').length - 1;
};

function faultsOf(error: unknown, above: number): { line: number; message: string }[] {
  const { errors, message } = error as {
    errors?: readonly { line: number; tagName: string; message: string }[];
    message?: string;
  };
  if (errors === undefined) return [{ line: 0, message: String(message) }];
  return errors.map(({ line, tagName, message }) => ({
    line: Math.max(0, line - above),
    message: `<${tagName}>: ${message}`,
  }));
}
