import { connect } from 'amqplib';
import type { StackSettings } from '../settings.js';
import { managementAnswers, type BrokerAddress } from './virtual-hosts.js';

const DEFAULT_BROKER = 'amqp://guest:guest@127.0.0.1:5672';

/** Why no AMQP connection can be opened at `url` within five seconds; undefined when it can. */
export async function brokerProblem(url: string): Promise<string | undefined> {
  try {
    const connection = await connect(url, { timeout: 5_000 });
    connection.on('error', () => undefined);
    await connection.close();
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return message || code || 'it does not answer'; // a refused connection to both ::1 and 127.0.0.1 has no message
  }
}

/** A broker that somebody else runs at `url`, with its management API if one answers. */
export async function describeBroker(url: string, settings: StackSettings): Promise<BrokerAddress> {
  const guess = `http://${new URL(url).hostname}:15672`;
  const managementUrl = settings.rabbitmqManagementUrl ?? guess;
  return (await managementAnswers({ url, managementUrl })) ? { url, managementUrl } : { url };
}

/** The address of a broker that runs on this machine as its package installs it. */
export const defaultBroker = DEFAULT_BROKER;
