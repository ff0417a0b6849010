import { setTimeout as delay } from 'node:timers/promises';
import { PaymentsError } from './errors.js';

const RETRY_PAUSE_MS = 100;

/** Talks to the payments service at `baseUrl`. */
export function createPaymentsClient(baseUrl) {
  async function postCharge(order) {
    const response = await fetch(`${baseUrl}/charges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': order.id },
      body: JSON.stringify({
        order_id: order.id,
        customer_id: order.customer_id,
        amount_cents: order.total_cents,
        currency: order.currency,
      }),
    });
    return readAnswer(response);
  }

  return {
    async createCharge(order) {
      while (true) {
        try {
          return await postCharge(order);
        } catch (error) {
          console.error(`charging ${order.id} failed (${error.message}), trying again`);
          await delay(RETRY_PAUSE_MS);
        }
      }
    },

    async getCharge(chargeId) {
      const response = await fetch(`${baseUrl}/charges/${encodeURIComponent(chargeId)}`);
      return readAnswer(response);
    },

    async getRewards(customerId) {
      const response = await fetch(`${baseUrl}/customers/${encodeURIComponent(customerId)}/rewards`);
      return readAnswer(response);
    },
  };
}

async function readAnswer(response) {
  if (!response.ok) throw new PaymentsError(response.status);
  return response.json();
}
