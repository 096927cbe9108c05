import { Schema } from 'mongoose';
import type { Device } from './device.js';

export type DeviceDocument = Omit<Device, 'id'> & { _id: string };

export const DEVICE = 'Device';

export const deviceSchema = new Schema<DeviceDocument>(
  {
    _id: { type: String, required: true },
    user_id: { type: String, required: true },
    platform: { type: String, required: true },
    token: { type: String, required: true },
    registered_at: { type: Date, required: true },
  },
  { collection: 'devices', versionKey: false },
);

// A phone is whoever's it was registered for last.
deviceSchema.index({ token: 1 }, { unique: true });
deviceSchema.index({ user_id: 1, registered_at: -1, _id: -1 });
