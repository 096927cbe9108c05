import { ACCOUNTS } from './services.js';

/** What a developer wants to know once everything runs. Plain text; rows of a label and a value. */
export function banner(facts: {
  eventPort: number;
  notificationPort: number;
  mongodbUri: string;
  rabbitmqUrl: string;
  rabbitmqManagementUrl?: string | undefined;
  logDir: string;
  env: NodeJS.ProcessEnv;
}): string {
  const events = `http://localhost:${facts.eventPort}`;
  const notifications = `http://localhost:${facts.notificationPort}`;
  const rows: [string, string][] = [
    ['Accounts, events', `${events}/docs`],
    ['Notifications', `${notifications}/docs`],
    ['Live and messages', `${notifications}/asyncapi`],
    ['Health', `${events}/health/ready  ${notifications}/health/ready`],
    ['Demo user', `${ACCOUNTS.demo.username}  ${ACCOUNTS.demo.password}`],
    ['Administrator', administrator(facts.env)],
    ['MongoDB', withoutPassword(facts.mongodbUri)],
    ['RabbitMQ', withoutPassword(facts.rabbitmqUrl)],
    ...(facts.rabbitmqManagementUrl ? [['RabbitMQ’s pages', facts.rabbitmqManagementUrl] as [string, string]] : []),
    ['Logs', facts.logDir],
  ];
  return ['', '  Usher is running', '', ...rows.map(([label, value]) => `  ${label.padEnd(19)}${value}`), ''].join(
    '\n',
  );
}

/** A password that the user has chosen is not shown; ours is of no use to anybody but them. */
const administrator = ({ ADMIN_EMAIL, ADMIN_PASSWORD }: NodeJS.ProcessEnv): string =>
  `${ADMIN_EMAIL || ACCOUNTS.admin.email}  ${ADMIN_PASSWORD ? '(ADMIN_PASSWORD)' : ACCOUNTS.admin.password}`;

const withoutPassword = (address: string): string => address.replace(/(:\/\/[^:@/]+):(?!guest@)[^@/]+@/, '$1:…@');
