/* global db, quit, rs */
// The health check of the replica set's only member, which it also founds: an empty volume has no replica set yet, and
// the entry point's temporary server cannot found one.
try {
  rs.status();
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] });
}
quit(db.hello().isWritablePrimary ? 0 : 1);
