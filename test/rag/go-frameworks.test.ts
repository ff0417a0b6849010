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
	"path"

	"shop/web"
)

const root = "/control"

type Stats struct{ reg web.Registrar }

func (s *Stats) register(id int) {
	s.reg.Register(http.MethodGet, "/control/stats", s.read)
	add := s.reg.Register
	add(http.MethodPost, root+"/stats/reset", s.reset)
	add(http.MethodPut, path.Join(root, "/stats"), s.reset)
	s.reg.Register("DELETE", fmt.Sprintf("%s/stats/%d", root, id), func(w http.ResponseWriter, r *http.Request) {})
}

func (s *Stats) read(w http.ResponseWriter, r *http.Request) {}

func (s *Stats) reset(w http.ResponseWriter, r *http.Request) {}
`,
  });
  expect(routes).toEqual([
    'DELETE /control/stats/{arg} -> stats/http.go:20 inline',
    'GET /control/stats -> stats/http.go:23 read',
    'POST /control/stats/reset -> stats/http.go:25 reset',
    'PUT /control/stats -> stats/http.go:25 reset',
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
		{Method: http.MethodPut, Path: "state/{name}", Handle: s.list},
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
    'ANY /health -> server/routes.go:40 health',
    'DELETE /orders/{id} -> server/routes.go:42 limit',
    'GET /containers/json -> server/routes.go:37 containers',
    'GET /orders -> server/routes.go:34 list',
    'POST /orders -> server/routes.go:35 create',
    'PUT /state/{name} -> server/routes.go:34 list',
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

test('a comment tells the whole path of a function that a router leads to below a prefix that is not known', async () => {
  const routes = await routesOfGo({
    'api/users.go': `package api

import "github.com/labstack/echo/v4"

func Register(g *echo.Group) {
	g.GET("/users", list)
	g.GET("/users/:id", show)
}

// swagger:route GET /admin/users users listUsers
func list(c echo.Context) error { return nil }

// @Router /users/{key} [get]
func show(c echo.Context) error { return nil }
`,
  });
  expect(routes).toEqual([
    'GET /admin/users -> api/users.go:11 list',
    'GET /users -> api/users.go:11 list',
    'GET /users/{id} -> api/users.go:14 show',
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

test('a struct around a router is the router for the methods that hand on to it, with its groups', async () => {
  const routes = await routesOfGo({
    'api/router.go': `package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

type apiHandler func(w http.ResponseWriter, r *http.Request) error

func newRouter() *router { return &router{chi.NewRouter()} }

type router struct {
	chi chi.Router
}

func (r *router) Route(pattern string, fn func(*router)) {
	r.chi.Route(pattern, func(c chi.Router) { fn(&router{c}) })
}
func (r *router) Get(pattern string, fn apiHandler)    { r.chi.Get(pattern, wrap(fn)) }
func (r *router) Delete(pattern string, fn apiHandler) { r.chi.Delete(pattern, wrap(fn)) }
func (r *router) WithLimit(limit int) *router {
	c := r.chi.With(limiter(limit))
	return &router{c}
}

func wrap(fn apiHandler) http.HandlerFunc { return nil }
`,
    'api/api.go': `package api

import "net/http"

type API struct{}

func (a *API) setup() {
	r := newRouter()
	r.Get("/health", a.health)
	r.Route("/users", func(r *router) {
		r.WithLimit(5).Get("/", a.users)
		r.Route("/{id}", func(r *router) {
			r.Delete("/", a.remove)
		})
	})
}

func (a *API) health(w http.ResponseWriter, r *http.Request) error { return nil }
func (a *API) users(w http.ResponseWriter, r *http.Request) error  { return nil }
func (a *API) remove(w http.ResponseWriter, r *http.Request) error { return nil }
`,
  });
  expect(routes).toEqual([
    'DELETE /users/{id}/ -> api/api.go:20 remove',
    'GET /health -> api/api.go:18 health',
    'GET /users/ -> api/api.go:19 users',
  ]);
});

test('a mux behind StripPrefix has its routes below the prefix', async () => {
  const routes = await routesOfGo({
    'main.go': `package main

import "net/http"

func main() {
	orders := http.NewServeMux()
	orders.HandleFunc("GET /orders/{id}", show)
	admin := http.NewServeMux()
	admin.HandleFunc("POST /reset", reset)
	root := http.NewServeMux()
	root.Handle("/api/", http.StripPrefix("/api", orders))
	root.Handle("/admin/", guard(http.StripPrefix("/admin", guard(admin))))
	http.ListenAndServe(":8080", root)
}

func guard(next http.Handler) http.Handler { return next }

func show(w http.ResponseWriter, r *http.Request) {}

func reset(w http.ResponseWriter, r *http.Request) {}
`,
  });
  expect(routes).toEqual([
    'GET /api/orders/{id} -> main.go:18 show',
    'POST /admin/reset -> main.go:20 reset',
  ]);
});

test('routes of go-restful stand below the path of their web service, also in functions that are given it', async () => {
  const routes = await routesOfGo({
    'api.go': `package api

import restful "github.com/emicklei/go-restful/v3"

func Setup(h *Handler, container *restful.Container) {
	ws := new(restful.WebService)
	ws.Path("/api/v1").Consumes(restful.MIME_JSON)
	container.Add(ws)
	ws.Route(ws.GET("/pods/{name}").To(h.readPod).Doc("one pod"))
	h.install(ws)
	other := new(restful.WebService)
	other.Route(other.Method("PUT").Path("/ping").To(ping))
}

func (h *Handler) install(service *restful.WebService) {
	service.Route(service.POST("/pods").To(h.createPod))
}

type Handler struct{}

func (h *Handler) readPod(req *restful.Request, resp *restful.Response)   {}
func (h *Handler) createPod(req *restful.Request, resp *restful.Response) {}
func ping(req *restful.Request, resp *restful.Response)                   {}
`,
  });
  expect(routes).toEqual([
    'GET /api/v1/pods/{name} -> api.go:21 readPod',
    'POST /api/v1/pods -> api.go:22 createPod',
    'PUT /ping -> api.go:23 ping',
  ]);
});

test('a function that makes a handler answers, not what it is given; nor does middleware before a foreign handler', async () => {
  const routes = await routesOfGo({
    'main.go': `package main

import (
	"github.com/appleboy/gin-jwt/v2"
	"github.com/gin-gonic/gin"
)

func main() {
	r := gin.Default()
	r.GET("/backends", listBackends(state, providerFor(app)))
	r.POST("/login", limitBody, auth.LoginHandler)
	r.GET("/orders", logged(listOrders))
	r.GET("/users", logged(listUsers))
	r.GET("/stock", counted("/stock", listStock)...)
	r.GET("/assets", logged(auth.Assets))
}

func counted(route string, next gin.HandlerFunc) []gin.HandlerFunc { return nil }

func listStock(c *gin.Context) {}

var listUsers = logged(func(c *gin.Context) {
	c.Status(200)
})

func listBackends(state *State, provider Provider) gin.HandlerFunc { return nil }

func providerFor(app *App) Provider { return nil }

func limitBody(c *gin.Context) {}

func logged(next gin.HandlerFunc) gin.HandlerFunc { return next }

func listOrders(c *gin.Context) {}

var auth = jwt.New()
`,
  });
  expect(routes).toEqual([
    'GET /backends -> main.go:26 listBackends',
    'GET /orders -> main.go:34 listOrders',
    'GET /stock -> main.go:20 listStock',
    'GET /users -> main.go:22 listUsers',
  ]);
});

test('groups of a router that no finder knows are told by their names, also for tables that a loop registers', async () => {
  const routes = await routesOfGo({
    'server/routes.go': `package server

import (
	"fmt"
	"net/http"

	"shop/web"
)

func setup(root *web.Engine, id int) {
	api := root.Group("/api")
	api.Get("/orders", listOrders)
	api.Route("/users", func(r web.Router) {
		r.Delete("/{id}", removeUser)
	})
	register(api)
	{
		sub := root.PathPrefix(fmt.Sprintf("/points/%d", id)).Sub()
		rows := map[string]web.Row{
			"limit": {"POST", "/limit", setLimit},
		}
		for _, row := range rows {
			sub.Methods(row.Method).Path(row.Path).Handler(row.Handle)
		}
	}
	sub := root.Group("/sub")
	{
		sub := sub.PathPrefix("/first").Sub()
		sub.Get("/stock", listOrders)
	}
	{
		sub := sub.PathPrefix("/other").Sub()
		rows := []web.Row{{"GET", "/limit", readLimit}}
		for _, row := range rows {
			sub.Methods(row.Method).Path(row.Path).Handler(row.Handle)
		}
	}
}

func register(r *web.Group) {
	r.Post("/orders", createOrder)
}

func listOrders(c *web.Context) error  { return nil }
func removeUser(c *web.Context) error  { return nil }
func createOrder(c *web.Context) error { return nil }
func setLimit(c *web.Context) error    { return nil }
func readLimit(c *web.Context) error   { return nil }
`,
  });
  expect(routes).toEqual([
    'DELETE /api/users/{id} -> server/routes.go:45 removeUser',
    'GET /api/orders -> server/routes.go:44 listOrders',
    'GET /sub/first/stock -> server/routes.go:44 listOrders',
    'GET /sub/other/limit -> server/routes.go:48 readLimit',
    'POST /api/orders -> server/routes.go:46 createOrder',
    'POST /points/{arg}/limit -> server/routes.go:47 setLimit',
  ]);
});

test('a router of the application that hands on to a mux has the method that its own methods name', async () => {
  const routes = await routesOfGo({
    'web/router.go': `package web

import "net/http"

type Router struct{ mux *http.ServeMux }

func New() *Router { return &Router{mux: http.NewServeMux()} }

func (r *Router) GET(path string, h http.HandlerFunc)    { r.mux.HandleFunc(path, h) }
func (r *Router) DELETE(path string, h http.HandlerFunc) { r.mux.HandleFunc(path, h) }
func (r *Router) On(method, path string, h http.HandlerFunc) { r.mux.Handle(path, h) }
`,
    'main.go': `package main

import (
	"net/http"

	"shop/web"
)

func main() {
	r := web.New()
	r.GET("/sessions", list)
	r.DELETE("/sessions", remove)
	r.On(http.MethodPut, "/sessions", extend)
}

func list(w http.ResponseWriter, r *http.Request)   {}
func remove(w http.ResponseWriter, r *http.Request) {}
func extend(w http.ResponseWriter, r *http.Request) {}
`,
  });
  expect(routes).toEqual([
    'DELETE /sessions -> main.go:17 remove',
    'GET /sessions -> main.go:16 list',
    'PUT /sessions -> main.go:18 extend',
  ]);
});
