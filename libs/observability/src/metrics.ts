import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric that Usher exports, by name: the one table that dashboards and alerts are written against. */
const METRICS = {
  usher_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time to answer, by route pattern',
    labels: ['method', 'route', 'status'],
  },
  usher_relay_published_total: { kind: 'counter', help: 'Log entries confirmed by the broker', labels: [] },
  usher_relay_backlog: {
    kind: 'gauge',
    help: 'Log entries not yet confirmed, counted to 100,000',
    labels: [],
  },
  usher_relay_delay_seconds: { kind: 'histogram', help: 'From the change to the broker’s confirmation', labels: [] },
  usher_bookings_decided_total: {
    kind: 'counter',
    help: 'Requests for seats decided: confirmed, waitlisted, repeated, or the code of the refusal',
    labels: ['outcome'],
  },
  usher_partner_call_duration_seconds: {
    kind: 'histogram',
    help: 'Time of a call to the partner system: ok, or how it failed',
    labels: ['operation', 'outcome'],
  },
  usher_partner_breaker_state: {
    kind: 'gauge',
    help: 'Writes to the partner system: 0 flow, 1 are held back, 2 are about to flow again if a probe succeeds',
    labels: [],
  },
  usher_bus_events_total: {
    kind: 'counter',
    help: 'Events that producers published: accepted, duplicate, or the code of the refusal',
    labels: ['outcome'],
  },
  usher_intake_archived_total: { kind: 'counter', help: 'Messages archived, by outcome', labels: ['outcome'] },
  usher_intake_position: { kind: 'gauge', help: 'Newest archive position seen by this instance', labels: [] },
  usher_messages_parked_total: {
    kind: 'counter',
    help: 'Messages that could not be processed, by queue',
    labels: ['queue'],
  },
  usher_dead_letters_filed_total: {
    kind: 'counter',
    help: 'Parked and unrouted messages filed as dead letters, by the queue that they could not be processed in',
    labels: ['kind', 'queue'],
  },
  usher_dead_letters_open: {
    kind: 'gauge',
    help: 'Dead letters that wait for somebody (delivery, parked, unrouted), counted to 100,000',
    labels: ['kind'],
  },
  usher_deliveries_made_total: { kind: 'counter', help: 'Deliveries made of archived events', labels: [] },
  usher_delivery_position: {
    kind: 'gauge',
    help: 'Archive position up to which deliveries have been made',
    labels: [],
  },
  usher_delivery_attempts_total: {
    kind: 'counter',
    help: 'Attempts at deliveries: delivered, retryable, permanent or gone',
    labels: ['channel', 'outcome'],
  },
  usher_delivery_attempt_seconds: {
    kind: 'histogram',
    help: 'Time that receivers took, by channel and outcome',
    labels: ['channel', 'outcome'],
  },
  usher_delivery_delay_seconds: {
    kind: 'histogram',
    help: 'From an event’s dispatch to its arrival at the receiver, retries included',
    labels: ['channel'],
  },
  usher_replay_events_total: {
    kind: 'counter',
    help: 'Archived events that replays looked at: matched or passed_over',
    labels: ['outcome'],
  },
  usher_replays_ended_total: {
    kind: 'counter',
    help: 'Replays that ended: completed or canceled',
    labels: ['outcome'],
  },
  usher_workflow_position: {
    kind: 'gauge',
    help: 'Archive position up to which workflows have followed',
    labels: [],
  },
  usher_workflow_runs_started_total: { kind: 'counter', help: 'Runs of workflows begun', labels: [] },
  usher_workflow_runs_finished_total: {
    kind: 'counter',
    help: 'Runs of workflows over: completed, failed or canceled',
    labels: ['outcome'],
  },
  usher_workflow_steps_total: {
    kind: 'counter',
    help: 'Attempts at steps of workflows, by kind: done, again or failed',
    labels: ['kind', 'outcome'],
  },
  usher_enrichment_lookups_total: {
    kind: 'counter',
    help: 'What messages needed beyond their event, by source: cached, found, absent or unavailable',
    labels: ['source', 'outcome'],
  },
  usher_enrichment_call_duration_seconds: {
    kind: 'histogram',
    help: 'Time of a call to event-service for what messages need: ok, absent, or how it failed',
    labels: ['operation', 'outcome'],
  },
  usher_enrichment_breaker_state: {
    kind: 'gauge',
    help: 'Calls to event-service for what messages need: 0 flow, 1 are held back, 2 flow again if the next succeeds',
    labels: [],
  },
  usher_reminders_sent_total: { kind: 'counter', help: 'Reminders that an event is about to begin', labels: [] },
  usher_realtime_dropped_total: {
    kind: 'counter',
    help: 'Messages between instances that were not sent because the broker was away or slow, by topic',
    labels: ['topic'],
  },
  usher_live_sessions: { kind: 'gauge', help: 'Open live connections, by transport', labels: ['transport'] },
  usher_live_notifications_total: {
    kind: 'counter',
    help: 'Notifications sent live, by transport',
    labels: ['transport'],
  },
  usher_live_disconnected_total: {
    kind: 'counter',
    help: 'Live connections ended by the server, by reason',
    labels: ['reason'],
  },
} as const satisfies Record<
  string,
  { kind: 'counter' | 'gauge' | 'histogram'; help: string; labels: readonly string[] }
>;

type MetricName = keyof typeof METRICS;
type NameOf<K extends string> = { [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never }[MetricName];
type Labels<N extends MetricName> = Record<(typeof METRICS)[N]['labels'][number], string>;

/** One process's metrics, typed by the table above. */
export class Metrics {
  readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly histograms = new Map<string, Histogram>();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    for (const [name, { kind, help, labels }] of Object.entries(METRICS)) {
      const options = { name, help, labelNames: [...labels], registers: [this.registry] };
      if (kind === 'counter') this.counters.set(name, new Counter(options));
      else if (kind === 'gauge') this.gauges.set(name, new Gauge(options));
      else this.histograms.set(name, new Histogram({ ...options, buckets: LATENCY_SECONDS }));
    }
  }

  count<N extends NameOf<'counter'>>(name: N, labels: Labels<N>, by = 1): void {
    this.counters.get(name)?.inc(labels, by);
  }

  set<N extends NameOf<'gauge'>>(name: N, labels: Labels<N>, value: number): void {
    this.gauges.get(name)?.set(labels, value);
  }

  add<N extends NameOf<'gauge'>>(name: N, labels: Labels<N>, by: number): void {
    this.gauges.get(name)?.inc(labels, by);
  }

  observe<N extends NameOf<'histogram'>>(name: N, labels: Labels<N>, seconds: number): void {
    this.histograms.get(name)?.observe(labels, seconds);
  }
}
