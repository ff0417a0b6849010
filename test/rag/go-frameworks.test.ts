import { expect, test } from 'vitest';
import { routesOf, type SourceFiles } from './helpers/routes-of.ts';

const goMod = 'module shop\n\ngo 1.23\n';

async function routesOfGo(files: SourceFiles): Promise<string[]> {
  return routesOf({ 'go.mod': goMod, ...files });
}

const REGISTRAR = `package web

import "net/http"

type Registrar interface {
	Register(method, path string, h http.HandlerFunc)
}
`;

test('calls of a registrar of the application name method, path and handler', async () => {
  const routes = await routesOfGo({
    'web/registrar.go': REGISTRAR,
    'stats/http.go': `package stats

import (
	"fmt"
	"net/http"

	"shop/web"
)

const root = "/control"

type Stats struct{ reg web.Registrar }

func (s *Stats) register(id int) {
	s.reg.Register(http.MethodGet, "/control/stats", s.read)
	add := s.reg.Register
	add(http.MethodPost, root+"/stats/reset", s.reset)
	s.reg.Register("DELETE", fmt.Sprintf("%s/stats/%d", root, id), func(w http.ResponseWriter, r *http.Request) {})
}

func (s *Stats) read(w http.ResponseWriter, r *http.Request) {}

func (s *Stats) reset(w http.ResponseWriter, r *http.Request) {}
`,
  });
  expect(routes).toEqual([
    'DELETE /control/stats/{arg} -> stats/http.go:18 inline',
    'GET /control/stats -> stats/http.go:21 read',
    'POST /control/stats/reset -> stats/http.go:23 reset',
  ]);
});

test('tables of routes are read by their rows, keyed or not, and verbs in names of functions count', async () => {
  const routes = await routesOfGo({
    'server/routes.go': `package server

import (
	"context"
	"net/http"
)

type Route struct {
	Name, Method, Path string
	Handle             http.HandlerFunc
}

type Routes []Route

type Server struct{}

func (s *Server) routes() Routes {
	return Routes{
		Route{"list", "GET", "/orders", s.list},
		{"create", "POST", "/orders", logged(s.create)},
		{Name: "cancel", Method: http.MethodDelete, Path: "/orders/{id:[0-9]+}", Handle: limit(s.SetLimit)},
	}
}

func (s *Server) own() []Entry {
	return []Entry{NewGetRoute("/containers/json", s.containers)}
}

func plain() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"/health": health}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request)   {}
func (s *Server) create(w http.ResponseWriter, r *http.Request) {}
func (s *Server) SetLimit(value float64) error                  { return nil }
func (s *Server) containers(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	return nil
}
func health(w http.ResponseWriter, r *http.Request) {}

func limit(set func(float64) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {}
}
`,
  });
  expect(routes).toEqual([
    'ANY /health -> server/routes.go:39 health',
    'DELETE /orders/{id} -> server/routes.go:41 limit',
    'GET /containers/json -> server/routes.go:36 containers',
    'GET /orders -> server/routes.go:33 list',
    'POST /orders -> server/routes.go:34 create',
  ]);
});

test('routes of go-zero stand below the prefix of their table', async () => {
  const routes = await routesOfGo({
    'handler/routes.go': `package handler

import (
	"net/http"

	"github.com/zeromicro/go-zero/rest"
)

func RegisterHandlers(server *rest.Server, ctx *ServiceContext) {
	server.AddRoutes(
		rest.WithMiddlewares([]rest.Middleware{ctx.Auth}, []rest.Route{
			{Method: http.MethodGet, Path: "/users/:id", Handler: showUser(ctx)},
		}...),
		rest.WithPrefix("/v1"),
	)
	server.AddRoutes([]rest.Route{{Method: http.MethodPost, Path: "/login", Handler: login(ctx)}})
}

func showUser(ctx *ServiceContext) http.HandlerFunc { return nil }

func login(ctx *ServiceContext) http.HandlerFunc { return nil }
`,
  });
  expect(routes).toEqual([
    'GET /v1/users/{id} -> handler/routes.go:19 showUser',
    'POST /login -> handler/routes.go:21 login',
  ]);
});

test('comments of swag and go-swagger name the operation where no router leads to the function', async () => {
  const routes = await routesOfGo({
    'api/users.go': `package api

// showUser answers one user.
// @Summary One user
// @ID show-user
// @Router /users/{id} [get]
func showUser(c *Ctx) error { return nil }

// swagger:route POST /users users createUser
//
// Makes a user.
func (h *Handler) create(c *Ctx) {}

func (h *Handler) remove(c *Ctx) {
	// swagger:operation DELETE /users/{id} users removeUser
	// ---
	h.store.Remove()
}
`,
  });
  expect(routes).toEqual([
    'DELETE /users/{id} -> api/users.go:14 remove',
    'GET /users/{id} -> api/users.go:7 showUser',
    'POST /users -> api/users.go:12 create',
  ]);
});

test('requests that code sends and functions that take none are no routes', async () => {
  const routes = await routesOfGo({
    'client/client.go': `package client

import "net/http"

func (c *Client) load() {
	req, _ := http.NewRequest("GET", "/orders", c.body)
	c.do(http.MethodGet, "/orders", c.decode)
	c.Get("/orders", c.decode)
	rows := []Row{{"GET", "/orders", c.decode}}
	c.send(req, rows)
}

func (c *Client) decode(response []byte) error { return nil }
`,
  });
  expect(routes).toEqual([]);
});
