import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeIndex } from '../../src/rag/code-index.ts';
import { pluralize, singularize, underscore } from '../../src/rag/inflections.ts';
import { readFacts } from '../../src/rag/read-facts.ts';
import { makeSharedFolder } from '../helpers/temp-folder.ts';
import { expressionsOf, symbolsOf } from './helpers/facts-of.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';
import { routesOf } from './helpers/routes-of.ts';

describe('reading', () => {
  test('classes, modules, methods and constants are symbols, also when written in one name', async () => {
    const text = [
      'module Shop',
      '  class Order < Base',
      '    LIMIT = 3',
      '    def total(x)',
      '      tax(x)',
      '    end',
      '    def self.all; end',
      '  end',
      'end',
      'class Shop::Item; end',
      'Failed = Class.new(StandardError) do',
      '  def why; end',
      'end',
    ].join('\n');
    expect(await symbolsOf('ruby', text)).toEqual([
      'class Shop 1-9',
      'class Shop.Order 2-8',
      'variable Shop.Order.LIMIT 3-3',
      'method Shop.Order.total 4-6',
      'method Shop.Order.all 7-7',
      'class Shop.Item 10-10',
      'class Failed 11-13',
      'method Failed.why 12-12',
    ]);
  });

  test('a name that was assigned is a variable, any other is a call', async () => {
    const text = 'def f(a)\n  b = 1\n  [a, b].each { |c| use(a, b, c, d) }\nend\n';
    expect(await expressionsOf('ruby', text)).toEqual(['[a, b].each', 'd', 'use']);
  });

  test('what a class includes and extends counts among its bases', async () => {
    const { symbols } = await readFacts('ruby', 'class A < B::C\n  include D, E\n  extend F\nend\n');
    expect(symbols[0]?.bases).toEqual(['B::C', 'D', 'E', 'F'].map((name) => ({ kind: 'name', name })));
  });

  test('a method gives what its branches end in', async () => {
    const text = 'def f(x)\n  return one if x\n  if x\n    two\n  else\n    @c ||= three\n  end\nend\n';
    const { scopes } = await readFacts('ruby', text);
    const names = scopes[1]?.returns.map((value) => (value.kind === 'call' ? value.callee : null));
    expect(names).toEqual(['one', 'two', 'three'].map((name) => ({ kind: 'name', name })));
  });

  test('broken code gives what can be read', async () => {
    const text = 'class A\n  def ok; end\n  def broken(\nend\nclass B; end\n';
    expect(await symbolsOf('ruby', text)).toEqual(['function ok 2-2', 'class B 5-5']);
  });
});

test.each([
  ['orders', 'order'],
  ['categories', 'category'],
  ['statuses', 'status'],
  ['addresses', 'address'],
  ['people', 'person'],
  ['boxes', 'box'],
  ['news', 'news'],
])('%s are several of %s', (many, one) => {
  expect([singularize(many), pluralize(one)]).toEqual([one, many]);
});

test('names become paths as Rails makes them', () => {
  expect(underscore('Admin/APIKeysController')).toBe('admin/api_keys_controller');
});

const state = await makeSharedFolder();

describe('what an action depends on', () => {
  let rails: CodeIndex;
  beforeAll(async () => {
    rails = await indexFolder(fixture('rails'), state);
  });
  afterAll(() => rails.close());

  function reached(method: 'GET' | 'POST' | 'DELETE', path: string): string[] {
    const [best] = rails.findHandlers({ method, path, operationId: null });
    return rails.findCallees(best!.route.handler, 2).map(({ parent, name }) => `${parent}#${name}`);
  }

  test('services and what they were made with are followed', () => {
    expect(reached('POST', '/api/v1/orders/{id}/pay')).toEqual([
      '#PaymentService',
      'PaymentService#call',
      'ApplicationController#authenticate',
      'Api.V1.OrdersController#set_order',
      'PaymentsClient#charge',
      'ApplicationController#current_user',
      '#Order',
    ]);
  });

  test('a job that is put off is followed to what it performs', () => {
    expect(reached('POST', '/api/v1/orders')).toContain('ChargeJob#perform');
  });

  test('filters hold for the actions that they name and for no other', () => {
    expect(reached('GET', '/api/v1/orders')).not.toContain('Api.V1.OrdersController#set_order');
    expect(reached('DELETE', '/api/v1/orders/{id}')).toContain('Destroyable#load_record');
  });
});

test('a parameter of Sinatra that may be left out gives a route without it', async () => {
  const found = await routesOf({
    'app.rb': `require 'sinatra/base'
class App < Sinatra::Base
  get '/summary/:day/?:hour?/?' do
    '{}'
  end
end
`,
  });
  expect(found).toEqual([
    'GET /summary/{day} -> app.rb:3 inline',
    'GET /summary/{day}/{hour} -> app.rb:3 inline',
  ]);
});

test('an application of Sinatra that names its base from the root answers below the path of any .ru file', async () => {
  const found = await routesOf({
    'dns/dns_api.rb': `module Proxy
  class Api < ::Sinatra::Base
    get '/zones/:id' do
      '{}'
    end
  end
end
`,
    'dns/http_config.ru': `map '/dns' do
  run Proxy::Api
end
`,
    'lib/sinatra/trusted.rb': `module Sinatra
  module Trusted
  end
end
`,
  });
  expect(found).toEqual(['GET /dns/zones/{id} -> dns/dns_api.rb:3 inline']);
});

test('controllers that take the place of those of Devise answer its routes, others of Devise have no handler here', async () => {
  const found = await routesOf({
    'config/routes.rb': `Rails.application.routes.draw do
  scope :api do
    devise_for :users,
               path_names: { sign_in: 'login' },
               controllers: { sessions: 'users/sessions', registrations: 'users/registrations' }
  end
end
`,
    'app/controllers/users/sessions_controller.rb': `class Users::SessionsController < Devise::SessionsController
  def create
    1
  end
end
`,
    'app/controllers/users/registrations_controller.rb': `class Users::RegistrationsController < Devise::RegistrationsController
  def create
    1
  end
end
`,
  });
  expect(found).toEqual([
    'POST /api/users -> app/controllers/users/registrations_controller.rb:2 create',
    'POST /api/users/login -> app/controllers/users/sessions_controller.rb:2 create',
  ]);
});

test('a segment of Rails that may be left out leaves no slash behind', async () => {
  const found = await routesOf({
    'config/routes.rb': `Rails.application.routes.draw do
  scope '/api/(:apiv)' do
    get 'hosts', to: 'hosts#index'
  end
end
`,
    'app/controllers/hosts_controller.rb': `class HostsController < ApplicationController
  def index
    1
  end
end
`,
  });
  expect(found).toEqual([
    'GET /api/hosts -> app/controllers/hosts_controller.rb:2 index',
    'GET /api/{apiv}/hosts -> app/controllers/hosts_controller.rb:2 index',
  ]);
});
