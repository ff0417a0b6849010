import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

test('annotations of Symfony and FOSRestBundle in comments and attributes are routes, those of documents are not', async () => {
  const found = await routesOf({
    'src/OrderController.php': `<?php
namespace App\\Controller;
use FOS\\RestBundle\\Controller\\Annotations as Rest;
use OpenApi\\Attributes as OA;
/**
 * @Route("/api/orders", name="orders_")
 */
class OrderController extends AbstractController
{
    /**
     * Lists, e.g. (all).
     *
     * @Route("/{id}", name="read",
     *     requirements={"id"="[0-9]{1,3}"}, methods={"GET", "HEAD"})
     */
    public function read() {}
    /**
     * @Route("/old")
     * @Method("POST")
     * @OA\\Get(path="/never")
     */
    public function old() {}
    /** @Rest\\Put("/{id}") */
    public function write() {}
    #[Rest\\Delete('/{id}')]
    #[OA\\Delete(path: '/api/never', summary: 'x')]
    public function remove() {}
    #[Route('/patch', methods: [Request::METHOD_PATCH])]
    public function patch() {}
    /* @Route("/nothing") */
    public function nothing() {}
}
`,
  });
  expect(found).toEqual([
    'DELETE /api/orders/{id} -> src/OrderController.php:25 remove',
    'GET /api/orders/{id} -> src/OrderController.php:16 read',
    'HEAD /api/orders/{id} -> src/OrderController.php:16 read',
    'PATCH /api/orders/patch -> src/OrderController.php:28 patch',
    'POST /api/orders/old -> src/OrderController.php:22 old',
    'PUT /api/orders/{id} -> src/OrderController.php:24 write',
  ]);
});
