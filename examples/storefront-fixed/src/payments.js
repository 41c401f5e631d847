const GATEWAY = 'https://payments.storefront.example/v1/charges';

async function charge(card, amount) {
  const response = await fetch(GATEWAY, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.GATEWAY_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ card, amount }),
  });
  return response.json();
}

module.exports = { charge };
