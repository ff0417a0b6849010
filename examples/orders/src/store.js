import { randomUUID } from 'node:crypto';

const PRODUCTS = [
  { id: 'prod_espresso', name: 'Espresso beans, 1 kg', price_cents: 1850, currency: 'EUR' },
  { id: 'prod_filter', name: 'Filter papers, 100', price_cents: 420, currency: 'EUR' },
  { id: 'prod_grinder', name: 'Hand grinder', price_cents: 6900, currency: 'EUR' },
];

const FIRST_ORDER = {
  id: 'ord_1001',
  customer_id: 'cus_1001',
  status: 'paid',
  items: [{ product_id: 'prod_espresso', quantity: 2, price_cents: 1850 }],
  total_cents: 3700,
  currency: 'EUR',
  charge_id: 'ch_1001',
  created_at: '2026-01-05T09:30:00.000Z',
};

/** Keeps products and orders in memory. */
export function createStore() {
  const products = new Map(PRODUCTS.map((product) => [product.id, product]));
  const orders = new Map([[FIRST_ORDER.id, FIRST_ORDER]]);

  return {
    listProducts: () => [...products.values()],
    findProduct: (id) => products.get(id),
    listOrders: (limit) => [...orders.values()].reverse().slice(0, limit),
    findOrder: (id) => orders.get(id),
    createOrder({ customerId, items }) {
      const order = {
        id: `ord_${randomUUID().slice(0, 8)}`,
        customer_id: customerId,
        status: 'pending',
        items,
        total_cents: items.reduce((sum, item) => sum + item.quantity * item.price_cents, 0),
        currency: 'EUR',
        charge_id: null,
        created_at: new Date().toISOString(),
      };
      orders.set(order.id, order);
      return order;
    },
    markPaid(id, chargeId) {
      const order = { ...orders.get(id), status: 'paid', charge_id: chargeId };
      orders.set(id, order);
      return order;
    },
  };
}
