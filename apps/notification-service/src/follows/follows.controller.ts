import { Controller } from '@nestjs/common';
@Controller('v1/follows')
export class FollowsController {}
