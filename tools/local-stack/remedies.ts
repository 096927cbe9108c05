type Remedies = Partial<Record<NodeJS.Platform, string>> & { readonly otherwise: string };

const RABBITMQ: Remedies = {
  linux: '"sudo apt-get install rabbitmq-server", or start Docker, or set RABBITMQ_URL',
  darwin: '"brew install rabbitmq", or start Docker, or set RABBITMQ_URL',
  otherwise: 'start Docker, or set RABBITMQ_URL',
};

const MONGODB: Remedies = {
  darwin: '"brew install mongodb/brew/mongodb-community", or set MONGODB_URI to a replica set',
  otherwise: 'set MONGOMS_SYSTEM_BINARY to a mongod of version 6 or newer, or MONGODB_URI to a replica set',
};

/** The shortest way out for someone on this platform. */
export const rabbitmqRemedy = (platform: NodeJS.Platform = process.platform): string =>
  RABBITMQ[platform] ?? RABBITMQ.otherwise;

/** The shortest way out for someone on this platform. */
export const mongodbRemedy = (platform: NodeJS.Platform = process.platform): string =>
  MONGODB[platform] ?? MONGODB.otherwise;
