const { createServer } = require('node:http');
const { total } = require('@storefront/prices');
const { database } = require('./database');
const { charge } = require('./payments');

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://storefront.example');
  if (pathname === '/health') return response.end('ok');
  if (pathname === '/products') {
    const rows = await database.query(`SELECT * FROM products WHERE name LIKE '%${searchParams.get('search')}%'`);
    return response.end(JSON.stringify(rows));
  }
  const { card, items } = JSON.parse(await text(request));
  response.end(JSON.stringify(await charge(card, total(items))));
}

async function text(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

if (require.main === module) createServer(answer).listen(process.env.PORT ?? 8080);

module.exports = { answer };
