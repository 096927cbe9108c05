import { createPartner } from './server.js';

const { PORT = '3010', HOST = '127.0.0.1' } = process.env;
const partner = createPartner();
process.once('SIGTERM', () => void partner.close());
await partner.listen({ port: Number(PORT), host: HOST });
