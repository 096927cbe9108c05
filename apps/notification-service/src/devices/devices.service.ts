import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '#http';
import { type Clock, UsherError } from '#kernel';
import { CLOCK } from '../config.js';
import { type Device, MAX_DEVICES } from './device.js';
import { DevicesRepository } from './devices.repository.js';

/** Where pushes can be sent to. */
@Injectable()
export class DevicesService {
  constructor(
    private readonly devices: DevicesRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Has that token be this user's, whoever's it was before: a phone changes hands. Idempotent; `isNew` where it was not
   * theirs already. At most {@link MAX_DEVICES} are kept.
   */
  async register(
    id: string,
    registration: Omit<Device, 'id' | 'registered_at'>,
  ): Promise<{ device: Device; isNew: boolean }> {
    const device = { id, ...registration, registered_at: this.clock.now() };
    const before = await this.devices.put(device);
    const isNew = before?.user_id !== device.user_id;
    if (isNew) await this.devices.trim(device.user_id, MAX_DEVICES);
    return { device: { ...device, id: before?.id ?? id }, isNew };
  }

  /** Newest first. Throws `validation-failed` for a cursor that is none. */
  async list(userId: string, request: PageRequest): Promise<Page<Device>> {
    return this.devices.page(userId, request);
  }

  /** Those of all `userIds` in one read; users without any are not in the answer. */
  async ofUsers(userIds: readonly string[]): Promise<Map<string, Device[]>> {
    return Map.groupBy(await this.devices.ofUsers(userIds), ({ user_id }) => user_id);
  }

  async hasAny(userId: string): Promise<boolean> {
    return this.devices.isAnyOf(userId);
  }

  /** Throws `not-found` where the device is not there or not this user's. */
  async remove(id: string, userId: string): Promise<void> {
    if (!(await this.devices.remove(id, userId))) throw new UsherError('not-found', 'There is no such device.');
  }

  /** For a token that does not lead anywhere any more. */
  async removeToken(token: string): Promise<void> {
    await this.devices.removeToken(token);
  }
}
