import { Router } from 'express';
import { NotFoundError } from '../errors.js';
import { readLimit, readNewOrder } from '../validation.js';

/** Routes below `/orders`. */
export function ordersRouter({ store, payments }) {
  const router = Router();

  router.get('/', (req, res) => {
    const limit = readLimit(req.query.limit);
    res.json({ orders: store.listOrders(limit) });
  });

  router.post('/', async (req, res) => {
    const { customerId, items } = readNewOrder(req.body, store);
    const order = store.createOrder({ customerId, items });
    const charge = await payments.createCharge(order);
    const paid = store.markPaid(order.id, charge.id);
    res.status(201).location(`/orders/${paid.id}`).json(paid);
  });

  router.get('/:order_id', async (req, res) => {
    const order = store.findOrder(req.params.order_id);
    if (order === undefined) throw new NotFoundError(`no order ${req.params.order_id}`);
    const charge = order.charge_id === null ? null : await payments.getCharge(order.charge_id);
    const rewards = await payments.getRewards(order.customer_id);
    res.json({ ...order, charge, reward_points: rewards.points });
  });

  return router;
}
