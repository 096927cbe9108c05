import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { newEvent, signUp, type TestAccount } from '#testing';
import type { TestService } from '../../../test/start-event-service.js';

export interface Booked {
  id: string;
  attendee: { id: string };
  status: string;
}

/** Somebody who creates events, and books them for attendees of their own, at whatever instance. */
export class Organiser {
  private constructor(
    private readonly service: TestService,
    private readonly account: TestAccount,
  ) {}

  static async signUp(service: TestService): Promise<Organiser> {
    return new Organiser(service, await signUp(service));
  }

  /** The same person at another instance. */
  at(service: TestService): Organiser {
    return new Organiser(service, this.account);
  }

  get connection(): Connection {
    return this.service.app.get<Connection>(getConnectionToken());
  }

  send(method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object) {
    return this.service.http[method](path).set(this.account.headers).send(body);
  }

  async createEvent(members: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.send('post', '/v1/events', newEvent(members)).expect(201);
    return (answer.body as { id: string }).id;
  }

  /** Registers an attendee with an address of that name. */
  async register(name: string): Promise<string> {
    const answer = await this.send('post', '/v1/attendees', { name, email: `${name}@Example.com` }).expect(201);
    return (answer.body as { id: string }).id;
  }

  /** Books for somebody new, with an address of that name. */
  async book(eventId: string, name: string, members: Record<string, unknown> = {}): Promise<Booked> {
    const attendee = { name, email: `${name}@Example.com` };
    const answer = await this.send('post', `/v1/events/${eventId}/bookings`, { attendee, ...members }).expect(201);
    return answer.body as Booked;
  }

  async cancel({ id }: Booked): Promise<void> {
    await this.send('post', `/v1/bookings/${id}/cancel`).expect(200);
  }

  async checkIn({ id }: Booked): Promise<void> {
    await this.send('post', `/v1/bookings/${id}/check-in`).expect(200);
  }

  async patchEvent(id: string, members: Record<string, unknown>): Promise<void> {
    await this.send('patch', `/v1/events/${id}`, members).expect(200);
  }
}
