import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { EventLogModule, Transactions } from '#persistence';
import { Passwords } from './passwords.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { USER, userSchema } from './users.schema.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: USER, schema: userSchema }]), EventLogModule],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, Passwords, Transactions],
  exports: [UsersService, UsersRepository, Passwords],
})
export class UsersModule {}
