import Negotiator from 'negotiator';
import { html, Html } from '#http';
import { ONE_CLICK } from './one-click.js';

interface Words {
  title: string;
  question: string;
  button: string;
  done: string;
}

const WORDS = {
  en: {
    title: 'Unsubscribe',
    question: 'Do you want no more e-mails of this kind?',
    button: 'No more e-mails of this kind',
    done: 'You will get no more e-mails of this kind.',
  },
  pt: {
    title: 'Cancelar a subscrição',
    question: 'Não quer receber mais e-mails deste tipo?',
    button: 'Não receber mais e-mails deste tipo',
    done: 'Não vai receber mais e-mails deste tipo.',
  },
  es: {
    title: 'Cancelar la suscripción',
    question: '¿No quiere recibir más correos de este tipo?',
    button: 'No recibir más correos de este tipo',
    done: 'No recibirá más correos de este tipo.',
  },
  de: {
    title: 'Abbestellen',
    question: 'Möchten Sie keine E-Mails dieser Art mehr erhalten?',
    button: 'Keine E-Mails dieser Art mehr',
    done: 'Sie erhalten keine E-Mails dieser Art mehr.',
  },
  ar: {
    title: 'إلغاء الاشتراك',
    question: 'هل تريد التوقف عن تلقي رسائل من هذا النوع؟',
    button: 'إيقاف الرسائل من هذا النوع',
    done: 'لن تصلك رسائل من هذا النوع بعد الآن.',
  },
} as const satisfies Record<string, Words>;

type Language = keyof typeof WORDS;

const STYLE = new Html(`
  :root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }
  body { margin: 0; min-height: 90vh; display: grid; place-content: center; text-align: center; padding: 1rem; }
  button { font: inherit; padding: .6em 1.4em; cursor: pointer; }`);

/** Nothing runs on these pages, nothing is loaded, and the form leads back here alone. */
export const PAGE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/** A page with a button that does what the link was made for: its form goes to the address that it stands at. */
export const askingPage = (acceptLanguage: string | undefined): string =>
  page(
    acceptLanguage,
    ({ question, button }) => html`
      <p>${question}</p>
      <form method="post">
        <button name="${ONE_CLICK[0]}" value="${ONE_CLICK[1]}">${button}</button>
      </form>
    `,
  );

export const donePage = (acceptLanguage: string | undefined): string =>
  page(acceptLanguage, ({ done }) => html`<p>${done}</p>`);

function page(acceptLanguage: string | undefined, content: (words: Words) => Html): string {
  const language = preferred(acceptLanguage);
  const words = WORDS[language];
  return html`<!doctype html>
    <html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${words.title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>${words.title}</h1>
          ${content(words)}
        </main>
      </body>
    </html>`.text;
}

/** What the browser's owner reads best of what there is; English where that is nothing (RFC 9110, section 12.5.4). */
function preferred(acceptLanguage = ''): Language {
  const wanted = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).languages();
  return wanted.map((tag) => tag.split('-', 1)[0]?.toLowerCase() ?? '').find(isLanguage) ?? 'en';
}

const isLanguage = (name: string): name is Language => Object.hasOwn(WORDS, name);
