import { describe, expect, test } from 'vitest';
import { buildContext } from '../../src/rag/context.ts';
import { indexFiles, type SourceFiles } from './helpers/routes-of.ts';

/** What a symbol calls directly, as `FILE Parent.name`. */
async function calleesOf(symbol: string, files: SourceFiles): Promise<string[]> {
  const index = await indexFiles(files);
  const [from] = index.listSymbols({ name: symbol });
  return index.findCallees(from!, 1).map(({ file, parent, name }) => `${file} ${parent}.${name}`);
}

describe('Python', () => {
  const services = `class Repo:
    def add(self, row): ...

class Repos:
    @cached_property
    def orders(self) -> Repo:
        return Repo()

class OrderService:
    def place(self, order): ...
`;

  test('a property is read like a field: by its type, by what it returns, through a base class', async () => {
    const views = `from services import OrderService, Repos

class Base:
    @property
    def repos(self):
        return Repos()

class Orders(Base):
    @cached_property
    def service(self):
        return OrderService()

    def create(self, order):
        self.service.place(order)
        self.repos.orders.add(order)

    def plain(self):
        return OrderService()

    def wrong(self, order):
        self.plain.place(order)
`;
    const files = { 'services.py': services, 'views.py': views };
    const found = await calleesOf('Orders.create', files);
    expect(found).toContain('services.py OrderService.place');
    expect(found).toContain('services.py Repo.add');
    // A method that is not called is no object.
    expect(await calleesOf('Orders.wrong', files)).not.toContain('services.py OrderService.place');
  });

  test('a generic class is made with its types in brackets', async () => {
    const files = {
      'app.py': `${services}\ndef create(order):\n    repo = Repo[int](1)\n    repo.add(order)\n`,
    };
    expect(await calleesOf('create', files)).toContain('app.py Repo.add');
  });

  test('an abstract method leads to those that implement it, another method to itself alone', async () => {
    const text = `class Parser(ABC):
    @abstractmethod
    def parse(self, text): ...

    def close(self): ...

class Quick(Parser):
    def parse(self, text): return 1

    def close(self): ...

def read(parser: Parser):
    parser.parse("x")
    parser.close()
`;
    expect(await calleesOf('read', { 'parsers.py': text })).toEqual([
      'parsers.py Quick.parse',
      'parsers.py Parser.parse',
      'parsers.py Parser.close',
    ]);
  });
});

describe('TypeScript', () => {
  const service = `export class OrderService {
  place(order: string): void {}
}
`;

  test('an alias of a generic type stands for its first type where it is made of it', async () => {
    const files = {
      'service.ts': service,
      'transaction.ts': 'export type WithTransaction<S> = S & { transaction(): void };\n',
      'orders.ts': `import type { OrderService } from './service';
import type { WithTransaction } from './transaction';
export class Orders {
  private service: WithTransaction<OrderService>;
  create(order: string) { this.service.place(order); }
}
`,
    };
    expect(await calleesOf('Orders.create', files)).toEqual(['service.ts OrderService.place']);
  });

  test('a function that is handed to an object may be given that object', async () => {
    const orders = (given: string) => `import { OrderService } from './service';
export class Orders {
  constructor(private readonly service: OrderService) {}
  create(order: string) { return this.service.transaction((${given}) => scope.place(order)); }
}
`;
    const found = (given: string) =>
      calleesOf('Orders.create', { 'service.ts': service, 'orders.ts': orders(given) });
    expect(await found('scope')).toContain('service.ts OrderService.place');
    expect(await found('error, scope')).not.toContain('service.ts OrderService.place');
  });

  test('a getter is read like a field, and an abstract method leads to those that implement it', async () => {
    const text = `abstract class Store {
  abstract add(order: string): void;
}
class MemoryStore extends Store {
  add(order: string): void {}
}
class Orders {
  get store(): Store { return new MemoryStore(); }
  create(order: string) { this.store.add(order); }
}
`;
    expect(await calleesOf('Orders.create', { 'orders.ts': text })).toEqual([
      'orders.ts MemoryStore.add',
      'orders.ts Store.add',
    ]);
  });
});

describe('C#', () => {
  const tokens = 'interface ITokens { string Make(int id); }\n';
  const impl = 'class Tokens : ITokens { public string Make(int id) { return ""; } }\n';

  test('calls in what an object is filled with are calls of the method', async () => {
    const text = `class Users(ITokens tokens) {
  public UserDto Read(int id) { return new UserDto { Id = id, Token = tokens.Make(id) }; }
}
`;
    const files = { 'ITokens.cs': tokens, 'Tokens.cs': impl, 'Users.cs': text };
    expect(await calleesOf('Users.Read', files)).toContain('Tokens.cs Tokens.Make');
  });

  test('an extension method is found where one class alone has the name', async () => {
    const extension = (name: string, type: string) =>
      `static class ${name} { public static int UserId(this ${type} on) { return 1; } }\n`;
    const text = 'class Users { public int Read() { return User.UserId(); } }\n';
    const one = { 'Claims.cs': extension('Claims', 'ClaimsPrincipal'), 'Users.cs': text };
    expect(await calleesOf('Users.Read', one)).toEqual(['Claims.cs Claims.UserId']);
    const two = { ...one, 'Requests.cs': extension('Requests', 'HttpRequest') };
    expect(await calleesOf('Users.Read', two)).toEqual([]);
  });
});

test('of a class whose methods are called the context shows these, and the class by its first lines', async () => {
  const methods = ['add', 'list', 'drop'].map((name) => `  ${name}() {\n    return ${name.length};\n  }\n`);
  const index = await indexFiles({
    'orders.ts': `export class Orders {\n${methods.join('')}}\n`,
    'app.ts': `import { Orders } from './orders';
export function handle() {
  const orders = new Orders();
  return orders.list();
}
`,
  });
  const [handler] = index.listSymbols({ name: 'handle' });
  const { pieces } = await buildContext(index, handler!, { depth: 1, budgetTokens: 1000 });
  expect(pieces.map(({ role, symbol, startLine, endLine }) => [role, symbol, startLine, endLine])).toEqual([
    ['handler', 'handle', 2, 5],
    ['outline', 'Orders', 1, 3],
    ['callee', 'Orders.list', 5, 7],
  ]);
});

test('what a handler calls itself is shown in part before what lies further, logging and errors last', async () => {
  const long = (name: string, calls = '') =>
    `def ${name}(order):\n    ${calls}\n${'    order.touch("a line that takes room")\n'.repeat(20)}\n`;
  const index = await indexFiles({
    'app.py': [
      'def handle(order):\n    log_order(order)\n    first(order)\n    second(order)\n',
      'def log_order(order):\n    print(order)\n',
      long('first', 'inner(order)'),
      long('second'),
      long('inner'),
    ].join('\n'),
  });
  const [handler] = index.listSymbols({ name: 'handle' });
  const shown = async (budgetTokens: number) => {
    const { pieces, leftOut } = await buildContext(index, handler!, { depth: 2, budgetTokens });
    return {
      pieces: pieces.map(({ symbol, role }) => `${symbol} ${role}`),
      leftOut: leftOut.map(({ name }) => name),
    };
  };
  expect(await shown(2000)).toEqual({
    pieces: ['handle handler', 'first callee', 'second callee', 'log_order callee', 'inner callee'],
    leftOut: [],
  });
  expect(await shown(75)).toEqual({
    pieces: ['handle handler', 'first outline', 'second outline', 'log_order callee'],
    leftOut: ['inner'],
  });
});
