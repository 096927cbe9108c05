export { signIn, signUp, TEST_PASSWORD, type TestAccount } from './accounts.js';
export { type TestDatabase, testDatabase } from './database.js';
export { listen, type RunningApp, silentLogger, startTestApp, TEST_SETTINGS, type TestApp } from './test-app.js';
export { type TestSession, TestTokens } from './test-tokens.js';
export { type RaceLedger, raceForSeats, type SeatRace } from './race-for-seats.js';
export { RunningSystem, type RunningSystemOptions } from './running-system.js';
export { ServiceProcess } from './service-process.js';
export { type Answer, type Listener, newEvent, type ServiceUrls, Session } from './session.js';
export { until } from './until.js';
