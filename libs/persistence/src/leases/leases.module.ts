import { Module } from '@nestjs/common';
import { getModelToken, MongooseModule } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { systemClock } from '#kernel';
import { LEASE, type LeaseDocument, leaseSchema } from './lease.schema.js';
import { Leases } from './leases.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: LEASE, schema: leaseSchema }])],
  providers: [
    {
      provide: Leases,
      inject: [getModelToken(LEASE)],
      useFactory: (leases: Model<LeaseDocument>) => new Leases(leases, systemClock),
    },
  ],
  exports: [Leases],
})
export class LeasesModule {}
