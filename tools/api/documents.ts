import { buildAsyncApi } from '../../apps/notification-service/src/asyncapi/asyncapi.js';

/** The committed API documents by file name, each as the code makes it, at the addresses of the local stack. */
export const DOCUMENTS: Readonly<Record<string, () => object | Promise<object>>> = {
  'notification-service.asyncapi.json': () => buildAsyncApi('http://localhost:3001'),
};

/** A document as its file holds it. */
export const printed = async (build: () => object | Promise<object>): Promise<string> =>
  `${JSON.stringify(await build(), null, 2)}\n`;
