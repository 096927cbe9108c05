export interface User {
  readonly id: number;
  readonly userName: string;
  readonly email: string;
  readonly events: string[];
}

export interface Event {
  readonly id: string;
  readonly name: string;
  readonly userId: number;
  readonly details?: string;
}

/** What the stand-in knows, in memory: three users, the second with enough events to see them fetched side by side. */
export class World {
  readonly users: readonly User[] = ['ada', 'grace', 'katherine'].map((userName, index) => ({
    id: index + 1,
    userName,
    email: `${userName}@partner.example`,
    events: [],
  }));
  readonly events = new Map<string, Event>();

  constructor() {
    const [ada, grace] = this.users;
    this.put(ada, { id: 'event-1', name: 'Analytical evening', details: 'Engines, and tea' });
    for (let number = 2; number <= 41; number += 1)
      this.put(grace, { id: `event-${number}`, name: `Compilers, part ${number - 1}` });
  }

  user(id: unknown): User | undefined {
    return this.users.find((user) => String(user.id) === String(id));
  }

  /** Once: an id that is there already stays as it is. Says why not, where it does not. */
  add({ id, name, userId, details }: Record<string, unknown>): string | undefined {
    if (typeof id !== 'string' || id === '') return 'An event needs an id.';
    if (typeof name !== 'string' || name === '') return 'An event needs a name.';
    if (details !== undefined && typeof details !== 'string') return 'Details are text.';
    const user = this.user(userId);
    if (user === undefined) return 'There is no such user.';
    if (!this.events.has(id)) this.put(user, { id, name, ...(details === undefined ? {} : { details }) });
    return undefined;
  }

  private put(user: User | undefined, event: Omit<Event, 'userId'>): void {
    if (user === undefined) return;
    user.events.push(event.id);
    this.events.set(event.id, { ...event, userId: user.id });
  }
}
