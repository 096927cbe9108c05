import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { Endpoint, Id, mapPage, type Page } from '#http';
import { historyQuery, notificationSchema, presentNotification, unreadCountSchema } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('Notifications')
@Controller('v1/notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @Endpoint({
    summary: 'What the caller has been told, newest first',
    answersPageOf: notificationSchema,
    answerDescription: 'A page of notifications',
  })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: historyQuery }) query: z.infer<typeof historyQuery>,
  ): Promise<Page<z.infer<typeof notificationSchema>>> {
    return mapPage(await this.notifications.history(principal.id, query), presentNotification);
  }

  @Get('unread-count')
  @Endpoint({ summary: 'How many notifications the caller has not read', answers: unreadCountSchema })
  async unreadCount(@CurrentPrincipal() principal: Principal): Promise<z.infer<typeof unreadCountSchema>> {
    return { unread: await this.notifications.unreadCount(principal.id) };
  }

  @Post(':id/read')
  @Endpoint({ summary: 'Mark one notification as read', errors: ['not-found'] })
  async read(@CurrentPrincipal() principal: Principal, @Id() id: string): Promise<void> {
    await this.notifications.markRead(principal.id, id);
  }

  @Post('read-all')
  @Endpoint({ summary: 'Mark everything so far as read' })
  async readAll(@CurrentPrincipal() principal: Principal): Promise<void> {
    await this.notifications.markAllRead(principal.id);
  }
}
