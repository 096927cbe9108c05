import { html, type Html } from '#http';
import {
  type AsyncApiDocument,
  type Channel,
  type MessageExample,
  nameOf,
  type Operation,
  type Reference,
} from '../document.js';
import { prose } from './prose.js';
import { schemaView } from './schema-view.js';
import { STYLE } from './style.js';

/** The document as one page that needs nothing else: no script, no other file, no network. */
export function renderPage(document: AsyncApiDocument): string {
  const { info, channels, components } = document;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}: AsyncAPI</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>${info.title} <small>${info.version}</small></h1>
          <p>${prose(info.description)}</p>
          <p><a href="asyncapi.json">AsyncAPI ${document.asyncapi}</a> · <a href="docs">OpenAPI</a></p>
          <nav>
            ${Object.entries(channels).map(([id, { title }]) => html`<a href="#channel-${id}">${title}</a> `)}
            <a href="#schemas">Schemas</a>
          </nav>
        </header>
        <main>
          ${Object.entries(channels).map(([id, channel]) => channelSection(document, id, channel))}
          <section id="schemas">
            <h2>Schemas</h2>
            ${Object.entries(components.schemas).map(
              ([name, schema]) =>
                html`<article id="schema-${name}">
                  <h3>${name}</h3>
                  ${schemaView(schema)}
                </article>`,
            )}
          </section>
        </main>
      </body>
    </html>`.text;
}

function channelSection(document: AsyncApiDocument, id: string, channel: Channel): Html {
  const operations = Object.values(document.operations).filter((operation) => nameOf(operation.channel) === id);
  return html`<section id="channel-${id}">
    <h2>${channel.title}</h2>
    <p>
      <code>${channel.address}</code> at
      ${channel.servers.map((server) => html`<code>${urlOf(document, server)}</code>`)}
    </p>
    <p>${prose(channel.description)}</p>
    ${operations.map((operation) => operationView(document, operation))}
  </section>`;
}

function urlOf({ servers }: AsyncApiDocument, server: Reference): string {
  const { protocol, host, pathname } = servers[nameOf(server)] ?? { protocol: '', host: '' };
  return `${protocol}://${host}${pathname ?? ''}`;
}

function operationView(document: AsyncApiDocument, operation: Operation): Html {
  const { summary, messages } = operation;
  const heading = messages.length > 1 ? html`<p>${prose(summary)}</p>` : html``;
  return html`${heading} ${messages.map((message) => messageView(document, operation, message))}`;
}

function messageView(document: AsyncApiDocument, { action, reply }: Operation, reference: Reference): Html {
  const { messages, schemas } = document.components;
  const message = messages[nameOf(reference)];
  if (message === undefined) return html``;
  const parts = (['headers', 'payload'] as const).flatMap((part) => {
    const schema = message[part] === undefined ? undefined : schemas[nameOf(message[part])];
    return schema === undefined
      ? []
      : [
          html`<h4>${part}</h4>
            ${schemaView(schema)}`,
        ];
  });
  const answers = (reply?.messages ?? []).map((answer) => html`<p>Answered by ${payloadLink(document, answer)}</p>`);
  return html`<details>
    <summary>
      <span class="${action}">${action}s</span> <strong>${message.title}</strong> ${prose(message.summary)}
    </summary>
    ${parts} ${(message.examples ?? []).map(exampleView)} ${answers}
  </details>`;
}

const exampleView = ({ summary, payload }: MessageExample): Html =>
  html`<h4>example</h4>
    ${summary === undefined ? '' : html`<p>${summary}</p>`}
    <pre><code>${JSON.stringify(payload, null, 2)}</code></pre>`;

function payloadLink({ components }: AsyncApiDocument, reference: Reference): Html {
  const payload = components.messages[nameOf(reference)]?.payload;
  return payload === undefined ? html`` : html`<a href="#schema-${nameOf(payload)}">${nameOf(payload)}</a>`;
}
