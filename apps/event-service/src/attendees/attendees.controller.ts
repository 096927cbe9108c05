import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentPrincipal, OptionalPrincipal, type Principal } from '#auth';
import {
  answer,
  type Answer,
  Endpoint,
  Id,
  IfMatch,
  mapPage,
  type Page,
  pageQuery,
  type PageRequest,
  Precondition,
  ResourceId,
} from '#http';
import type { AttendeeState } from './attendee.js';
import type { AttendeeCaller } from './attendee-caller.js';
import {
  attendeeAnswer,
  type AttendeeResource,
  newAttendeeBody,
  patchAttendeeBody,
  registeredAttendeeAnswer,
  toResource,
} from './attendees.dto.js';
import { AttendeesService } from './attendees.service.js';
import { CurrentCaller } from './current-caller.js';

const listQuery = z.strictObject(pageQuery);

/** Shared caches know that `Authorization` makes an answer private, but not that `X-Attendee-Token` does. */
const PRIVATE = { 'Cache-Control': 'private, no-cache' };
const WITH_SECRET = { 'Cache-Control': 'no-store' };

const present = (state: AttendeeState): Answer<AttendeeResource> =>
  answer(toResource(state), { version: state.version, headers: PRIVATE });

@ApiTags('Attendees')
@Controller('v1/attendees')
export class AttendeesController {
  constructor(private readonly attendees: AttendeesService) {}

  @Post()
  @Endpoint({
    summary: 'Register an attendee',
    description:
      'Whoever is signed in manages the attendee from then on; anybody does with the `attendee_token`, which is told this once. Several attendees may have one address.',
    access: 'anyone',
    status: 201,
    answers: registeredAttendeeAnswer,
    errors: ['forbidden', 'conflict'],
  })
  async register(
    @ResourceId() id: string,
    @Body({ schema: newAttendeeBody }) body: z.infer<typeof newAttendeeBody>,
    @OptionalPrincipal() principal?: Principal,
  ): Promise<Answer<z.infer<typeof registeredAttendeeAnswer>>> {
    const { state, token } = await this.attendees.registerAttendee(id, body, principal);
    const head = { version: state.version, location: `/v1/attendees/${state.id}`, headers: WITH_SECRET };
    return answer({ ...toResource(state), attendee_token: token }, head);
  }

  @Get()
  @Endpoint({
    summary: 'List the attendees that one has registered',
    description: 'Newest first.',
    answersPageOf: attendeeAnswer,
  })
  async list(
    @Query({ schema: listQuery }) query: PageRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<AttendeeResource>> {
    return mapPage(await this.attendees.listAttendees(principal, query), toResource);
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get an attendee',
    description: 'For the holder of the token, whoever registered them, and admins; nobody else finds them.',
    access: 'anyone',
    answers: attendeeAnswer,
    errors: ['forbidden', 'not-found'],
  })
  async get(@Id() id: string, @CurrentCaller() caller: AttendeeCaller): Promise<Answer<AttendeeResource>> {
    return present(await this.attendees.findManaged(id, caller));
  }

  @Patch(':id')
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @Endpoint({
    summary: 'Change some members of an attendee',
    description:
      'JSON Merge Patch (RFC 7396): `null` removes an optional member. A patch that changes nothing leaves the version as it is.',
    access: 'anyone',
    answers: attendeeAnswer,
    errors: ['forbidden', 'not-found', 'already-booked', 'precondition-failed'],
  })
  async patch(
    @Id() id: string,
    @Body({ schema: patchAttendeeBody }) body: z.infer<typeof patchAttendeeBody>,
    @CurrentCaller() caller: AttendeeCaller,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<AttendeeResource>> {
    return present(await this.attendees.patchAttendee(id, body, { caller, precondition }));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Remove an attendee',
    description: 'Erases the person. Their live bookings are canceled; past ones stay, without a name.',
    access: 'anyone',
    status: 204,
    errors: ['forbidden', 'not-found', 'precondition-failed'],
  })
  async remove(
    @Id() id: string,
    @CurrentCaller() caller: AttendeeCaller,
    @IfMatch() precondition: Precondition,
  ): Promise<void> {
    await this.attendees.removeAttendee(id, { caller, precondition });
  }
}
