import { Unavailable } from '../ways.js';

/** Where a broker is reached. The credentials are those of `url`, for both. */
export interface BrokerAddress {
  /** `amqp://user:password@host:port[/vhost]` */
  readonly url: string;
  /** `http://host:port`, without credentials; none when the broker has no management API. */
  readonly managementUrl?: string | undefined;
}

/** The address of a virtual host of that broker. */
export function virtualHostUrl(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(name)}`;
  return address.href;
}

/**
 * Makes a virtual host that the broker's user may do everything in, and returns its AMQP address. Safe to repeat.
 *
 * @throws {Unavailable} when the broker has no management API.
 */
export async function createVirtualHost(broker: BrokerAddress, name: string): Promise<string> {
  const vhost = encodeURIComponent(name);
  await request(broker, 'PUT', `/api/vhosts/${vhost}`);
  const user = encodeURIComponent(decodeURIComponent(credentials(broker.url).username));
  await request(broker, 'PUT', `/api/permissions/${vhost}/${user}`, { configure: '.*', write: '.*', read: '.*' });
  return virtualHostUrl(broker.url, name);
}

/** Deletes a virtual host with all that is in it; one that is not there is fine. */
export async function deleteVirtualHost(broker: BrokerAddress, name: string): Promise<void> {
  await request(broker, 'DELETE', `/api/vhosts/${encodeURIComponent(name)}`);
}

/** Whether the management API answers and takes these credentials. */
export async function managementAnswers(broker: BrokerAddress): Promise<boolean> {
  try {
    await request(broker, 'GET', '/api/vhosts');
    return true;
  } catch {
    return false;
  }
}

const credentials = (url: string): URL => {
  const address = new URL(url);
  if (address.username === '') Object.assign(address, { username: 'guest', password: 'guest' });
  return address;
};

async function request(broker: BrokerAddress, method: string, path: string, body?: object): Promise<void> {
  if (!broker.managementUrl) {
    throw new Unavailable(
      `the RabbitMQ at ${new URL(broker.url).host} has no management API that answers, and virtual hosts are made with it: ` +
        'enable the plugin rabbitmq_management there, or set RABBITMQ_MANAGEMENT_URL, or unset RABBITMQ_URL for a private node',
    );
  }
  const { username, password } = credentials(broker.url);
  const token = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const response = await fetch(new URL(path, broker.managementUrl), {
    method,
    headers: { authorization: `Basic ${token}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
    signal: AbortSignal.timeout(15_000),
  });
  const answer = await response.text();
  if (response.ok || (method === 'DELETE' && response.status === 404)) return;
  throw new Error(`RabbitMQ's management API: ${method} ${path} answered ${response.status} ${answer}`);
}
