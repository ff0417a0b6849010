import { Router } from 'express';

/** Routes below `/products`. */
export function productsRouter({ store }) {
  const router = Router();

  router.get('/', (_req, res) => {
    res.json({ products: store.listProducts() });
  });

  return router;
}
