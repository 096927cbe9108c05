/* global db, process */
// Run once, by the image's entry point, when the volume is empty: each service can reach its own database and no other.
const users = [
  ['usher_events', 'event-service', process.env.MONGODB_EVENTS_PASSWORD],
  ['usher_notifications', 'notification-service', process.env.MONGODB_NOTIFICATIONS_PASSWORD],
];
for (const [database, user, pwd] of users)
  db.getSiblingDB(database).createUser({ user, pwd, roles: [{ role: 'readWrite', db: database }] });
