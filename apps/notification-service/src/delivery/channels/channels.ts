import { Injectable } from '@nestjs/common';
import type { Channel, ChannelName } from './channel.js';

/** The channels by name: each module that has one adds it as it is made, before anything is delivered. */
@Injectable()
export class Channels {
  private readonly byName = new Map<ChannelName, Channel>();

  add(channel: Channel): void {
    this.byName.set(channel.name, channel);
  }

  /** Throws where no module has added it. */
  named(name: ChannelName): Channel {
    const channel = this.byName.get(name);
    if (channel === undefined) throw new Error(`No module has added the channel ${name}.`);
    return channel;
  }
}
