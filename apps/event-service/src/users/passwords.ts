import { Inject, Injectable } from '@nestjs/common';
import { compare, hash } from 'bcrypt';
import { UsherError } from '#kernel';
import { CONFIG, type Config } from '../config.js';
import { fitsBcrypt } from './credentials.js';

/** bcrypt runs on libuv's four threads, which files, names and signatures need too: half of them are left alone. */
const CONCURRENT = 2;
/** More than that waiting would be answered after the caller has gone. */
const MAX_WAITING = 200;

/** Hashing and comparing passwords, at a bounded rate. */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy: Promise<string> | undefined;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'BCRYPT_ROUNDS'>) {}

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, this.config.BCRYPT_ROUNDS));
  }

  /** Whether it is the password of `stored`. Takes the same time where there is nothing stored: false, after a comparison with a decoy. */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const target = stored ?? (await (this.decoy ??= this.hash('nobody has this password')));
    const same = await this.inTurn(() => compare(password, target));
    return same && stored !== undefined && fitsBcrypt(password);
  }

  /** The decoy exists before the first login, which would otherwise tell by its time that it had to be made. */
  async onModuleInit(): Promise<void> {
    await this.matches('warm up', undefined);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= CONCURRENT) await this.wait();
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Whoever finishes hands its turn over. */
  private wait(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING)
      throw new UsherError('unavailable', 'Too many passwords are being checked at the moment.', {
        retryable: true,
        retryAfter: 5,
      });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
