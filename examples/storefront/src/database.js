const { connect } = require('./connection');

// The address of the replica is read from the environment; that of the primary was "temporarily" written down here.
const database = connect('postgres://storefront:gT7-mark4-velvet-Quay@db.storefront.internal:5432/orders');

module.exports = { database };
