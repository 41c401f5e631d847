const { connect } = require('./connection');

const database = connect(process.env.DATABASE_URL ?? 'postgres://localhost:5432/orders');

module.exports = { database };
