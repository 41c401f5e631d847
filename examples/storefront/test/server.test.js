const assert = require('node:assert');
const { createServer } = require('node:http');
const { once } = require('node:events');
const { test } = require('node:test');
const { answer } = require('../src/server');

test('the shop answers', async () => {
  const server = createServer(answer).listen(0);
  await once(server, 'listening');
  const address = `http://127.0.0.1:${server.address().port}`;
  assert.equal(await (await fetch(`${address}/health`)).text(), 'ok');
  const lamps = await (await fetch(`${address}/products?search=lamp`)).json();
  assert.deepEqual(lamps, [{ name: 'lamp', price: 4900 }]);
  server.close();
});
