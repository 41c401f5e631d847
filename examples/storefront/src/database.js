const { Pool } = require('pg');

// The address of the replica is read from the environment; that of the primary was "temporarily" written down here.
const pool = new Pool({
  connectionString: 'postgres://storefront:gT7-mark4-velvet-Quay@db.storefront.internal:5432/orders',
});

module.exports = { pool };
