import type { Protocol } from './subscription.js';

/** What a client says of a sink beside where it is. */
export interface ProtocolSettings {
  method?: 'POST' | undefined;
  access_key?: string | undefined;
}

/** What is wrong, and where. */
export interface Objection {
  path: readonly string[];
  message: string;
}

const EVENT_BUS = /^arn:aws[a-z-]*:events:[a-z]{2}(?:-[a-z]+)+-\d{1,2}:\d{12}:event-bus\/[\w./-]{1,256}$/;

/** Whether it is the ARN of a bus of Amazon EventBridge; not of the newer kind, whose ARNs have `event-busv2`. */
const isEventBus = (sink: string): boolean => EVENT_BUS.test(sink);

/** URL itself forgives white space and line breaks. */
function isHttpAddress(sink: string): boolean {
  const url = /^https?:\/\/[^\s#]+$/i.test(sink) ? URL.parse(sink) : null;
  return url !== null && url.username === '' && url.password === '';
}

const HTTP_SINK = { fits: isHttpAddress, message: 'must be an http or https URL without credentials and fragment' };
const SINKS: Record<Protocol, { fits: (sink: string) => boolean; message: string }> = {
  HTTP: HTTP_SINK,
  EVENTGRID: HTTP_SINK,
  EVENTBRIDGE: { fits: isEventBus, message: 'must be the ARN of an event bus' },
};

/** What is wrong with how a sink is written, in words that continue its name; undefined where nothing is. */
export function sinkObjection(protocol: Protocol, sink: string): string | undefined {
  const { fits, message } = SINKS[protocol];
  return fits(sink) ? undefined : message;
}

/** Settings of another protocol are refused like everything that is not known. */
export function settingsObjections(protocol: Protocol, { method, access_key }: ProtocolSettings): Objection[] {
  const foreign = [
    ...(method === undefined || protocol === 'HTTP' ? [] : ['method']),
    ...(access_key === undefined || protocol === 'EVENTGRID' ? [] : ['access_key']),
  ];
  return foreign.map((name) => ({ path: ['protocolsettings', name], message: `is not known for ${protocol}` }));
}

/** What is wrong with a new subscription for its protocol, whatever else may be. */
export function protocolObjections({
  protocol,
  sink,
  protocolsettings = {},
  config: { secret },
}: {
  protocol: Protocol;
  sink: string;
  protocolsettings?: ProtocolSettings | undefined;
  config: { secret?: string | undefined };
}): Objection[] {
  const message = sinkObjection(protocol, sink);
  const objections = settingsObjections(protocol, protocolsettings);
  if (message !== undefined) objections.unshift({ path: ['sink'], message });
  if (protocol === 'EVENTGRID' && protocolsettings.access_key === undefined)
    objections.push({ path: ['protocolsettings', 'access_key'], message: 'is needed: an access key of the topic' });
  if (protocol !== 'HTTP' && secret !== undefined)
    objections.push({ path: ['config', 'secret'], message: `is not known for ${protocol}: nothing is signed` });
  return objections;
}
