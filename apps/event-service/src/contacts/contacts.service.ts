import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Contacts } from '#contracts';
import { type Logger, LOGGER } from '#observability';
import { AttendeesService } from '../attendees/attendees.service.js';
import { UsersRepository } from '../users/users.repository.js';
import type { LookupBody } from './contacts.dto.js';

/** Tells services how people are reached, as it is now. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly attendees: AttendeesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** In no particular order, each once; whoever is not there is left out. */
  async lookUp({ user_ids, attendee_ids }: LookupBody, principal: Principal): Promise<Contacts> {
    const [users, attendees] = await Promise.all([
      this.users.findMany(user_ids),
      this.attendees.findMany(attendee_ids),
    ]);
    // By whom and of how many, and nothing of the people.
    this.logger.info({ caller_id: principal.id, users: users.length, attendees: attendees.size }, 'contacts.looked-up');
    return {
      users: users.map(({ id, email, username, full_name, is_verified, locale, timezone }) => {
        return { id, email, username, full_name, is_verified, locale, timezone };
      }),
      attendees: [...attendees.values()].map(({ id, name, email, user_id }) => ({ id, name, email, user_id })),
    };
  }
}
