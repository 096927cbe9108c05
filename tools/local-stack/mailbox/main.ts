import { createMailbox } from './server.js';

const { PORT = '3012', SMTP_PORT = '3013', HOST = '127.0.0.1' } = process.env;
const mailbox = createMailbox();
process.once('SIGTERM', () => void mailbox.close());
await mailbox.listen({ port: Number(PORT), smtpPort: Number(SMTP_PORT), host: HOST });
