import { Webhook } from 'standardwebhooks';
import { type RunningSystem } from '#testing';
import { answers, hangs, Receiver, resets } from '../../apps/notification-service/test/receiver.js';
import { type Distribution, distributionOf, openLoop, printTable } from '../measure.js';
import { BusSetting, type Times } from './bus.js';
import { printingCost } from './cost.js';
import { printStages } from './stages.js';

const STEADY = { perSecond: 200, seconds: 30 };
const BATCH = 10;
const WARM_UP = { perSecond: 100, seconds: 5 };
const BURST = { count: 5_000, batch: 100 };
/** Every event is for each of the receivers. */
const BESIDE = { perSecond: 20, seconds: 40 };
const DEAD = 10;

/** From publishing to the webhook, at a steady rate, in a burst, and beside receivers that are down. */
export async function measureDelivery(system: RunningSystem): Promise<void> {
  const setting = await BusSetting.open(system);
  try {
    await withSubscription(setting, 'com.acme.warm.up', (type) => setting.publishSteadily(type, WARM_UP));
    await measureSteady(setting);
    await measureBurst(setting);
    await measureBeside(setting);
  } finally {
    await setting.close();
  }
}

async function measureSteady(setting: BusSetting): Promise<void> {
  const bare = await bareWebhooks(setting);
  const publish = (type: string, batch: number): Promise<Times[]> =>
    withSubscription(setting, type, () =>
      printingCost(
        setting,
        ({ length }) => length,
        () => setting.publishSteadily(type, { ...STEADY, batch }),
      ),
    );
  const single = await publish('com.acme.order.single', 1);
  await printStages(setting.database, 'com.acme.order.single');
  const batched = await publish('com.acme.order.batched', BATCH);
  printTable(`${STEADY.perSecond} events a second, from the moment the request was due`, [
    { name: 'bare signed request to the receiver (baseline)', figures: bare },
    { name: 'Usher: accepted', figures: distributionOf(single.map(({ due, answered }) => answered - due)) },
    { name: 'Usher: webhook received', figures: untilReceived(single) },
    { name: `Usher, ${BATCH} a request: webhook received`, figures: untilReceived(batched) },
  ]);
}

/** What the way to the receiver costs without anything in between. */
async function bareWebhooks(setting: BusSetting): Promise<Distribution> {
  const { inbox } = setting;
  const webhook = new Webhook(inbox.secret);
  const begun = performance.now();
  const sent: Times[] = [];
  await openLoop(async (index) => {
    const [event] = setting.events('com.acme.bare', 1);
    if (event === undefined) return;
    sent.push(setting.expect(event, begun + (index * 1000) / STEADY.perSecond));
    const body = JSON.stringify(event);
    const now = new Date();
    const headers = {
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': webhook.sign(event.id, now, body),
    };
    await setting.post(inbox.url, headers, body);
  }, STEADY);
  return untilReceived(sent);
}

async function measureBurst(setting: BusSetting): Promise<void> {
  const type = 'com.acme.order.burst';
  const before = setting.inbox.requests;
  const published = await withSubscription(setting, type, () =>
    printingCost(
      setting,
      ({ length }) => length,
      () => setting.publishAtOnce(type, BURST),
    ),
  );
  const { database, source } = setting;
  const archive = database.collection('archive');
  const [first] = published;
  const seconds = (of: (times: Times) => number): string =>
    (Math.max(...published.map((times) => of(times) - (first?.due ?? 0))) / 1000).toFixed(1);
  const newest = await archive.find({ source, type }).sort({ _id: -1 }).limit(1).next();
  const oldest = await database.collection('bus_outbox').find({ source, type }).sort({ time: 1 }).limit(1).next();
  const archived = (Number(newest?.['archived_at']) - Number(oldest?.['time'])) / 1000;
  const rows: [string, string | number][] = [
    ['accepted, s', seconds(({ answered }) => answered)],
    ['archived, s', archived.toFixed(1)],
    ['delivered, s', seconds(({ received }) => received)],
    ['archived, in all', await archive.countDocuments({ source, type })],
    ['webhooks, in all', setting.inbox.requests - before],
  ];
  printRows(`A burst of ${BURST.count} events`, rows);
}

/** The healthy receiver's figures alone, beside others that are as well, and beside those that are down. */
async function measureBeside(setting: BusSetting): Promise<void> {
  const others = await Promise.all(Array.from({ length: DEAD }, () => Receiver.start()));
  const measure = async (type: string, receivers: readonly Receiver[]): Promise<Distribution> => {
    const ends = await Promise.all(receivers.map((receiver) => setting.subscribe(type, receiver)));
    const times = await withSubscription(setting, type, () => setting.publishSteadily(type, BESIDE));
    await Promise.all(ends.map((end) => end()));
    return untilReceived(times);
  };
  const alone = await measure('com.acme.order.alone', []);
  const healthy = await measure('com.acme.order.healthy', others);
  for (const [index, receiver] of others.entries())
    receiver.answering = [hangs, resets, answers(500)][index % 3] ?? hangs;
  const dead = await measure('com.acme.order.dead', others);
  await Promise.all(others.map((receiver) => receiver.close()));
  printTable(`A healthy receiver, ${BESIDE.perSecond} events a second for everybody`, [
    { name: 'alone (baseline)', figures: alone },
    { name: `beside ${DEAD} healthy ones`, figures: healthy },
    { name: `beside ${DEAD} that hang, reset or answer 500`, figures: dead },
  ]);
  process.stdout.write(`\np99 beside ${DEAD} dead ones is ${(dead.p99 / alone.p99).toFixed(2)} times that alone.\n`);
}

/** Runs `work` while events of `type` are brought to the inbox, and until nothing is on its way any more. */
async function withSubscription<T>(setting: BusSetting, type: string, work: (type: string) => Promise<T>): Promise<T> {
  const end = await setting.subscribe(type);
  const result = await work(type);
  await end();
  return result;
}

const untilReceived = (times: readonly Times[]): Distribution =>
  distributionOf(times.map(({ due, received }) => received - due));

function printRows(title: string, rows: readonly [string, string | number][]): void {
  const lines = rows.map(([name, value]) => `| ${name} | ${value} |`);
  process.stdout.write([`\n### ${title}\n`, '| | |', '|---|---:|', ...lines, ''].join('\n'));
}
