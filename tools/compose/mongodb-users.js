/* global db, process */
// Run once, by the image's entry point, when the volume is empty: each service can reach its own database and no other.
const users = [
  ['event-service', process.env.EVENT_SERVICE_DB_PASSWORD],
  ['notification-service', process.env.NOTIFICATION_SERVICE_DB_PASSWORD],
];
for (const [name, password] of users)
  db.getSiblingDB(name).createUser({ user: name, pwd: password, roles: [{ role: 'readWrite', db: name }] });
