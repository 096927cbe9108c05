import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { trustedFilter } from '#persistence';
import type { RefreshToken } from './refresh-token.js';
import { SESSION, type SessionDocument } from './sessions.schema.js';

const REFRESHABLE_MS = 30 * 24 * 60 * 60_000;

const expiry = (now: Date): Date => new Date(now.getTime() + REFRESHABLE_MS);

/** Who is signed in where; a session lives for 30 days after its last refresh. */
@Injectable()
export class SessionsRepository {
  constructor(@InjectModel(SESSION) private readonly sessions: Model<SessionDocument>) {}

  async begin(token: RefreshToken['hashes'], user: { id: string; password_version: number }, now: Date): Promise<void> {
    await this.sessions.create({
      _id: token.family,
      secret: token.secret,
      user_id: user.id,
      password_version: user.password_version,
      created_at: now,
      expires_at: expiry(now),
    });
  }

  /**
   * Replaces the newest token by the next; undefined where it is not the newest, or the session is over. One document
   * decides: of two that come at once, one finds the other's.
   */
  async rotate(
    token: RefreshToken['hashes'],
    next: RefreshToken['hashes'],
    now: Date,
  ): Promise<SessionDocument | undefined> {
    const session = await this.sessions
      .findOneAndUpdate(trustedFilter({ _id: token.family, secret: token.secret, expires_at: { $gt: now } }), {
        $set: { secret: next.secret, expires_at: expiry(now) },
      })
      .lean<SessionDocument>();
    return session ?? undefined;
  }

  /** Ends the login that the token descends from, if it is any; true where there was one. */
  async end(family: string): Promise<boolean> {
    const { deletedCount } = await this.sessions.deleteOne({ _id: family });
    return deletedCount === 1;
  }

  async endAll(userId: string): Promise<void> {
    await this.sessions.deleteMany({ user_id: userId });
  }
}
