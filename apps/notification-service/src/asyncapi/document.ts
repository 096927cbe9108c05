/** As much of AsyncAPI 3.0's document as Usher uses. Source: AsyncAPI Specification 3.0.0, "Schema". */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  id: string;
  info: { title: string; version: string; description: string; license: { name: string } };
  defaultContentType: string;
  servers: Record<string, Server>;
  channels: Record<string, Channel>;
  operations: Record<string, Operation>;
  components: {
    schemas: Record<string, JsonSchema>;
    messages: Record<string, Message>;
    securitySchemes: Record<string, object>;
  };
}

export interface Reference {
  $ref: string;
}

export type JsonSchema = Record<string, unknown>;

export interface Server {
  host: string;
  protocol: string;
  protocolVersion?: string;
  pathname?: string;
  description: string;
  variables?: Record<string, { default: string; description: string }>;
  security: Reference[];
}

export interface Channel {
  address: string;
  title: string;
  description: string;
  servers: Reference[];
  parameters?: Record<string, { description: string; enum: string[] }>;
  messages: Record<string, Reference>;
  bindings?: object;
}

export interface Operation {
  /** From this service's point of view: it sends, or it receives. */
  action: 'send' | 'receive';
  channel: Reference;
  summary: string;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
  bindings?: object;
}

export interface Message {
  name: string;
  title: string;
  summary: string;
  contentType?: string;
  headers?: Reference;
  payload?: Reference;
  correlationId?: { location: string };
  examples?: readonly MessageExample[];
  bindings?: object;
}

export interface MessageExample {
  name: string;
  summary?: string;
  headers?: object;
  payload: unknown;
}

/** What a reference within the document is called there: its last member. */
export const nameOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1);

export const refTo = (...path: string[]): Reference => ({ $ref: `#/${path.join('/')}` });
