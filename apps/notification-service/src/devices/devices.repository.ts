import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import type { Device } from './device.js';
import { DEVICE, type DeviceDocument } from './devices.schema.js';

const NEWEST_FIRST = { registered_at: -1, _id: -1 } as const;

@Injectable()
export class DevicesRepository {
  constructor(@InjectModel(DEVICE) private readonly devices: Model<DeviceDocument>) {}

  /** Has that token be this device; where it was one already, that is what it was. */
  async put({ id, token, ...device }: Device): Promise<Device | undefined> {
    const before = await this.devices
      .findOneAndUpdate(
        { token },
        { $set: device, $setOnInsert: { _id: id } },
        { upsert: true, returnDocument: 'before' },
      )
      .lean<DeviceDocument | null>();
    return before === null ? undefined : toDevice(before);
  }

  /** Forgets all but the newest `kept` of that user's. */
  async trim(userId: string, kept: number): Promise<void> {
    const surplus = await this.devices.find({ user_id: userId }, { _id: 1 }).sort(NEWEST_FIRST).skip(kept).lean();
    if (surplus.length === 0) return;
    await this.devices.deleteMany(trustedFilter({ user_id: userId, _id: { $in: surplus.map(({ _id }) => _id) } }));
  }

  /** Newest first. */
  async page(userId: string, request: PageRequest): Promise<Page<Device>> {
    const keyset = keysetQuery<DeviceDocument>({ field: 'registered_at', direction: -1, type: 'date' }, request);
    const documents = await this.devices
      .find(trustedFilter({ $and: [{ user_id: userId }, keyset.filter] }))
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<DeviceDocument[]>();
    return mapPage(keyset.toPage(documents), toDevice);
  }

  /** Newest first. */
  async ofUsers(userIds: readonly string[]): Promise<Device[]> {
    if (userIds.length === 0) return [];
    const documents = await this.devices
      .find(trustedFilter({ user_id: { $in: [...userIds] } }))
      .sort(NEWEST_FIRST)
      .lean<DeviceDocument[]>();
    return documents.map(toDevice);
  }

  async isAnyOf(userId: string): Promise<boolean> {
    return (await this.devices.exists({ user_id: userId })) !== null;
  }

  /** False where that user has no such device. */
  async remove(id: string, userId: string): Promise<boolean> {
    return (await this.devices.deleteOne({ _id: id, user_id: userId })).deletedCount === 1;
  }

  async removeToken(token: string): Promise<void> {
    await this.devices.deleteOne({ token });
  }
}

const toDevice = ({ _id, ...device }: DeviceDocument): Device => ({ id: _id, ...device });
