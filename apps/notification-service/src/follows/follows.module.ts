import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { FollowsController } from './follows.controller.js';
import { FollowsRepository } from './follows.repository.js';
import { FOLLOW, followSchema } from './follows.schema.js';
import { FollowsService } from './follows.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: FOLLOW, schema: followSchema }])],
  controllers: [FollowsController],
  providers: [FollowsRepository, FollowsService],
  exports: [FollowsRepository, FollowsService],
})
export class FollowsModule {}
