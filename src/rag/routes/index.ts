import type { RouteFinder } from '../route-finder.ts';
import express from './express.ts';
import fastapi from './fastapi.ts';
import fastify from './fastify.ts';
import flask from './flask.ts';
import hono from './hono.ts';
import koa from './koa.ts';
import nestjs from './nestjs.ts';
import nextjs from './nextjs.ts';
import starlette from './starlette.ts';

/** Every framework whose routes are found. */
export const routeFinders: readonly RouteFinder[] = [
  fastapi,
  flask,
  starlette,
  express,
  fastify,
  hono,
  koa,
  nestjs,
  nextjs,
];
