import { ValidationError } from './errors.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_QUANTITY = 50;

/** Reads the `limit` of a list. */
export function readLimit(value) {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new ValidationError(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  return limit;
}

/** Reads the body of a new order and prices its items. */
export function readNewOrder(body, store) {
  if (typeof body?.customer_id !== 'string' || body.customer_id === '') {
    throw new ValidationError('customer_id must be a non-empty string');
  }
  if (!Array.isArray(body.items) || body.items.length === 0) {
    throw new ValidationError('items must hold at least one item');
  }
  return { customerId: body.customer_id, items: body.items.map((item) => readItem(item, store)) };
}

function readItem(item, store) {
  const product = store.findProduct(item?.product_id);
  if (product === undefined) throw new ValidationError('product_id must name a product');
  if (!Number.isInteger(item.quantity) || item.quantity < 1 || item.quantity > MAX_QUANTITY) {
    throw new ValidationError(`quantity must be a whole number from 1 to ${MAX_QUANTITY}`);
  }
  return { product_id: product.id, quantity: item.quantity, price_cents: product.price_cents };
}
