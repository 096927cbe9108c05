import { ACCOUNTS } from './services.js';

/** What a developer wants to know once everything runs. Plain text; rows of a label and a value. */
export function banner(facts: {
  eventPort: number;
  notificationPort: number;
  /** Of the partner’s stand-in; 0 where none is run. */
  partnerPort: number;
  /** Of that of AdEventsX; 0 likewise. */
  adEventsXPort: number;
  /** Of the page of e-mails; 0 likewise. */
  mailboxPort: number;
  mongodbUri: string;
  rabbitmqUrl: string;
  rabbitmqManagementUrl?: string | undefined;
  logDir: string;
  env: NodeJS.ProcessEnv;
}): string {
  const events = `http://localhost:${facts.eventPort}`;
  const notifications = `http://localhost:${facts.notificationPort}`;
  const rows: Row[] = [
    ['Accounts, events', `${events}/docs`],
    ['Notifications', `${notifications}/docs`],
    ['Live and messages', `${notifications}/asyncapi`],
    ['Health', `${events}/health/ready  ${notifications}/health/ready`],
    ...(facts.partnerPort > 0 ? [row('Partner stand-in', `http://localhost:${facts.partnerPort}`)] : []),
    ...(facts.adEventsXPort > 0 ? [row('AdEventsX stand-in', `http://localhost:${facts.adEventsXPort}`)] : []),
    ...(facts.mailboxPort > 0 ? [row('Mailbox', `http://localhost:${facts.mailboxPort}`)] : []),
    ['Demo user', `${ACCOUNTS.demo.username}  ${ACCOUNTS.demo.password}`],
    ['Administrator', administrator(facts.env)],
    ['MongoDB', withoutPassword(facts.mongodbUri)],
    ['RabbitMQ', withoutPassword(facts.rabbitmqUrl)],
    ...(facts.rabbitmqManagementUrl ? [row('RabbitMQ’s pages', facts.rabbitmqManagementUrl)] : []),
    ['Logs', facts.logDir],
  ];
  return ['', '  Usher is running', '', ...rows.map(([label, value]) => `  ${label.padEnd(19)}${value}`), ''].join(
    '\n',
  );
}

type Row = readonly [label: string, value: string];
const row = (...cells: Row): Row => cells;

/** A password that the user has chosen is not shown; ours is of no use to anybody but them. */
const administrator = ({ ADMIN_EMAIL, ADMIN_PASSWORD }: NodeJS.ProcessEnv): string =>
  `${ADMIN_EMAIL || ACCOUNTS.admin.email}  ${ADMIN_PASSWORD ? '(ADMIN_PASSWORD)' : ACCOUNTS.admin.password}`;

const withoutPassword = (address: string): string => address.replace(/(:\/\/[^:@/]+):(?!guest@)[^@/]+@/, '$1:…@');
