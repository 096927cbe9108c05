import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, Id, mapPage, type Page, pageQuery, type PageRequest, ResourceId } from '#http';
import { clientAnswer, type ClientResource, createdClientAnswer, newClientBody, toResource } from './clients.dto.js';
import { ClientsService } from './clients.service.js';

const listQuery = z.strictObject(pageQuery);
const WITH_SECRET = { 'Cache-Control': 'no-store' };

@ApiTags('Service clients')
@Controller('v1/clients')
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Post()
  @Endpoint({
    summary: 'Create a service client',
    description:
      'The `client_secret` is told this once. To change it or the scopes, create another client and delete this one.',
    access: 'admin',
    status: 201,
    answers: createdClientAnswer,
    errors: ['conflict'],
  })
  async create(
    @ResourceId() id: string,
    @Body({ schema: newClientBody }) body: z.infer<typeof newClientBody>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<z.infer<typeof createdClientAnswer>>> {
    const { client, secret } = await this.clients.createClient(id, body, principal);
    const head = { location: `/v1/clients/${client.id}`, headers: WITH_SECRET };
    return answer({ ...toResource(client), client_secret: secret }, head);
  }

  @Get()
  @Endpoint({
    summary: 'List the service clients',
    description: 'Newest first.',
    access: 'admin',
    answersPageOf: clientAnswer,
  })
  async list(@Query({ schema: listQuery }) query: PageRequest): Promise<Page<ClientResource>> {
    return mapPage(await this.clients.listClients(query), toResource);
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Revoke a service client',
    description: 'It gets no token from now on. Those that it has got expire within ten minutes.',
    access: 'admin',
    status: 204,
    errors: ['not-found'],
  })
  async revoke(@Id() id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.clients.revokeClient(id, principal);
  }
}
