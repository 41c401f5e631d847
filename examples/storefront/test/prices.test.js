const assert = require('node:assert');
const { test } = require('node:test');
const { total } = require('@storefront/prices');

test('an order costs what its items cost', () => {
  assert.equal(total([{ price: 4900, quantity: 2 }, { price: 12900, quantity: 1 }]), 22700);
});

test('ten items are a tenth cheaper', () => {
  assert.equal(total([{ price: 1000, quantity: 10 }]), 9000);
});

test('an empty order costs nothing', () => {
  assert.equal(total([]), 0);
});
