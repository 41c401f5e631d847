const GATEWAY = 'https://payments.storefront.example/v1/charges';
const gatewayApiKey = 'b94d27b9934d3e08a52e52d7da7dabfac484efe3';

async function charge(card, amount) {
  const response = await fetch(GATEWAY, {
    method: 'POST',
    headers: { authorization: `Bearer ${gatewayApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ card, amount }),
  });
  return response.json();
}

module.exports = { charge };
