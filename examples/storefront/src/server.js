const express = require('express');
const { pool } = require('./database');
const { charge } = require('./payments');

const app = express();
app.use(express.json());

app.get('/products', async (request, response) => {
  const { rows } = await pool.query(`SELECT * FROM products WHERE name LIKE '%${request.query.search}%'`);
  response.json(rows);
});

app.post('/orders', async (request, response) => {
  const receipt = await charge(request.body.card, request.body.amount);
  response.status(201).json(receipt);
});

app.listen(8080);
