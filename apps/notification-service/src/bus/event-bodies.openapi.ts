const EVENT = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type'],
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: { type: 'string', minLength: 1, maxLength: 255, description: 'Unique within `source`' },
    source: { type: 'string', minLength: 1, maxLength: 2_048, format: 'uri-reference' },
    type: { type: 'string', minLength: 1, maxLength: 255, description: 'Not beginning with `usher.`' },
    subject: { type: 'string', minLength: 1 },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { type: 'string', description: '`application/json` where it is missing' },
    dataschema: {
      type: 'string',
      description: 'Where it is `/v1/schemas/<type>/versions/<n>`, the data are held against that version',
    },
    data: { description: 'Any JSON value' },
    data_base64: { type: 'string', description: 'Data that are not JSON, instead of `data`' },
  },
  additionalProperties: { type: ['string', 'boolean', 'integer'], description: 'Extension attributes' },
};

const ORDER = {
  specversion: '1.0',
  id: 'A234-1234-1234',
  source: 'https://shop.example/orders',
  type: 'com.acme.order.placed',
  subject: 'orders/17',
  time: '2026-11-20T10:00:00Z',
  datacontenttype: 'application/json',
  data: { total_cents: 4_200 },
};

/** What a body may be, for OpenAPI: structured, batched, and (every other media type) binary mode. */
export const EVENT_BODIES = {
  'application/cloudevents+json': { schema: EVENT, example: ORDER },
  'application/cloudevents-batch+json': {
    schema: { type: 'array', items: EVENT, description: 'Up to 1 MiB' },
    example: [ORDER],
  },
  'application/json': {
    schema: { description: 'Binary mode: the data of the event, whose attributes are in `ce-` headers' },
    example: ORDER.data,
  },
  '*/*': {
    schema: { type: 'string', format: 'binary', description: 'Binary mode: data that are not JSON' },
  },
};

const attribute = (name: string, description: string): { name: string; required: false; description: string } => ({
  name: `ce-${name}`,
  required: false,
  description,
});

/** The attributes of binary mode as headers. */
export const EVENT_HEADERS = [
  attribute('specversion', 'Binary mode: `1.0`'),
  attribute('id', 'Binary mode: the id of the event, percent-encoded like every attribute'),
  attribute('source', 'Binary mode: where the event comes from'),
  attribute('type', 'Binary mode: the type of the event; `ce-<name>` is any other attribute'),
];
