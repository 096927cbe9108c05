import { createAdEventsX } from './server.js';

const { PORT = '3011', HOST = '127.0.0.1' } = process.env;
const adEventsX = createAdEventsX();
process.once('SIGTERM', () => void adEventsX.close());
await adEventsX.listen({ port: Number(PORT), host: HOST });
