import { afterEach, expect, it } from '@jest/globals';
import { drillKills, RunningSystem } from '#testing';

const EVENTS = 300;
const KILLS = 3;

let system: RunningSystem;
afterEach(() => system.stop());

it(`brings ${EVENTS} events, each once, through ${KILLS} kills of notification-service`, async () => {
  system = await RunningSystem.start();
  const ledger = await drillKills(system, { events: EVENTS, kills: KILLS });
  expect(ledger).toMatchObject({
    published: EVENTS,
    archived: EVENTS,
    made: EVENTS,
    succeeded: EVENTS,
    receivedOnce: EVENTS,
    missing: [],
    doubled: [],
    unsigned: 0,
  });
}, 180_000);
