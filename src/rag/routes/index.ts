import type { RouteFinder } from '../route-finder.ts';
import actix from './actix.ts';
import aiohttp from './aiohttp.ts';
import aspnet from './aspnet.ts';
import aspnetMinimal from './aspnet-minimal.ts';
import axum from './axum.ts';
import bottle from './bottle.ts';
import chi from './chi.ts';
import codeigniter from './codeigniter.ts';
import connexion from './connexion.ts';
import cornice from './cornice.ts';
import decoratedControllers from './decorated-controllers.ts';
import django from './django.ts';
import echo from './echo.ts';
import elysia from './elysia.ts';
import express from './express.ts';
import falcon from './falcon.ts';
import fastEndpoints from './fast-endpoints.ts';
import fastRoute from './fast-route.ts';
import fastapi from './fastapi.ts';
import fastify from './fastify.ts';
import fiber from './fiber.ts';
import flask from './flask.ts';
import flaskAppbuilder from './flask-appbuilder.ts';
import gin from './gin.ts';
import goDocumented from './go-documented.ts';
import goRegistered from './go-registered.ts';
import goRestful from './go-restful.ts';
import goSwagger from './go-swagger.ts';
import gorilla from './gorilla.ts';
import grape from './grape.ts';
import grpcGateway from './grpc-gateway.ts';
import hapi from './hapi.ts';
import hono from './hono.ts';
import httprouter from './httprouter.ts';
import huma from './huma.ts';
import javalin from './javalin.ts';
import jaxrs from './jaxrs.ts';
import koa from './koa.ts';
import laravel from './laravel.ts';
import litestar from './litestar.ts';
import loco from './loco.ts';
import micronaut from './micronaut.ts';
import nestjs from './nestjs.ts';
import netHttp from './net-http.ts';
import nextjs from './nextjs.ts';
import ninja from './ninja.ts';
import ninjaExtra from './ninja-extra.ts';
import openapiBackend from './openapi-backend.ts';
import openapiControllers from './openapi-controllers.ts';
import openapiFirst from './openapi-first.ts';
import poem from './poem.ts';
import pyramid from './pyramid.ts';
import rails from './rails.ts';
import rocket from './rocket.ts';
import rustDocumented from './rust-documented.ts';
import salvo from './salvo.ts';
import sanic from './sanic.ts';
import sinatra from './sinatra.ts';
import slim from './slim.ts';
import spring from './spring.ts';
import springFunctional from './spring-functional.ts';
import starlette from './starlette.ts';
import symfony from './symfony.ts';
import tornado from './tornado.ts';
import vertx from './vertx.ts';

/** Every framework whose routes are found. */
export const routeFinders: readonly RouteFinder[] = [
  fastapi,
  flask,
  flaskAppbuilder,
  starlette,
  django,
  ninja,
  ninjaExtra,
  express,
  fastify,
  hono,
  koa,
  nestjs,
  nextjs,
  echo,
  gin,
  chi,
  gorilla,
  netHttp,
  fiber,
  httprouter,
  huma,
  goSwagger,
  goRestful,
  grpcGateway,
  spring,
  springFunctional,
  jaxrs,
  micronaut,
  javalin,
  vertx,
  openapiFirst,
  aspnet,
  aspnetMinimal,
  fastEndpoints,
  rails,
  sinatra,
  grape,
  laravel,
  axum,
  actix,
  rocket,
  poem,
  salvo,
  loco,
  symfony,
  slim,
  fastRoute,
  codeigniter,
  connexion,
  openapiBackend,
  openapiControllers,
  aiohttp,
  decoratedControllers,
  elysia,
  falcon,
  hapi,
  litestar,
  bottle,
  pyramid,
  cornice,
  sanic,
  tornado,
  goRegistered,
  goDocumented,
  rustDocumented,
];
