import { type DynamicModule, Module } from '@nestjs/common';
import { systemClock } from '#kernel';
import { CLOCK, CONFIG, type Config } from './config.js';

/** The settings and the clock, for every feature. */
@Module({})
export class SettingsModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: systemClock },
      ],
      exports: [CONFIG, CLOCK],
    };
  }
}
