export { RunningSystem, type RunningSystemOptions } from './running-system.js';
export { ServiceProcess } from './service-process.js';
export { type Answer, type Listener, newEvent, type ServiceUrls, Session } from './session.js';
export { until } from './until.js';
