import { setTimeout as delay } from 'node:timers/promises';

export interface SeatRace {
  eventId: string;
  /** How many people want one seat each, all at once. */
  clients: number;
  /** Instances of event-service; clients spread over them, and go to the next where one does not answer. */
  urls: readonly string[];
  /** Hears how many clients have their answer. */
  onAnswer?: (answered: number) => void;
}

/** What the clients of a race were told. */
export interface RaceLedger {
  /** Bookings that somebody was told of, by a 201. */
  confirmed: string[];
  /** Whose first request had booked although its answer was lost: told `already-booked` when they asked again. */
  confirmedUnheard: number;
  /** Every other answer, by its problem code. */
  refused: Record<string, number>;
  /** Requests that had to be sent again, for want of an answer or because of 503. */
  repeated: number;
}

interface Body {
  id?: string;
  code?: string;
}

/** Has `clients` guests, each with an address of their own, book one seat at the same time; ends when all have an answer. */
export async function raceForSeats({ eventId, clients, urls, onAnswer }: SeatRace): Promise<RaceLedger> {
  const ledger: RaceLedger = { confirmed: [], confirmedUnheard: 0, refused: {}, repeated: 0 };
  let answered = 0;
  const run = async (index: number): Promise<void> => {
    const body = JSON.stringify({ attendee: { name: `Guest ${index}`, email: `guest-${index}@example.com` } });
    for (let attempt = 0; ; attempt += 1) {
      const url = `${urls[(index + attempt) % urls.length] ?? ''}/v1/events/${eventId}/bookings`;
      const answer = await post(url, body);
      if (answer === undefined || answer.status === 503) {
        ledger.repeated += 1;
        await delay(50);
        continue;
      }
      enter(ledger, answer, attempt);
      answered += 1;
      onAnswer?.(answered);
      return;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => run(index)));
  return ledger;
}

function enter(ledger: RaceLedger, { status, body }: { status: number; body: Body }, attempt: number): void {
  const code = body.code ?? String(status);
  if (status === 201 && body.id !== undefined) ledger.confirmed.push(body.id);
  else if (attempt > 0 && code === 'already-booked') ledger.confirmedUnheard += 1;
  else ledger.refused[code] = (ledger.refused[code] ?? 0) + 1;
}

/** Undefined where no answer came. */
async function post(url: string, body: string): Promise<{ status: number; body: Body } | undefined> {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return { status: response.status, body: (await response.json()) as Body };
  } catch {
    return undefined;
  }
}
