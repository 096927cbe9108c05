import { Controller } from '@nestjs/common';
@Controller('v1/notifications')
export class NotificationsController {}
