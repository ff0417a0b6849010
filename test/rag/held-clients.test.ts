import { describe, expect, test } from 'vitest';
import { buildContext } from '../../src/rag/context.ts';
import { indexFiles, type SourceFiles } from './helpers/routes-of.ts';

/** Clients in the context of a symbol, as `FILE:LINE LIBRARY VERSION LIMITS`. */
async function clientsOf(symbol: string, files: SourceFiles): Promise<string[]> {
  const index = await indexFiles(files);
  const [from] = index.listSymbols({ name: symbol });
  const { clients } = await buildContext(index, from!, { depth: 2, budgetTokens: 4000 });
  return clients.map((use) => `${use.file}:${use.startLine} ${use.library} ${use.version} ${use.timeout}`);
}

describe('Java', () => {
  const shop = (call: string) => `package shop;
import org.springframework.web.client.RestTemplate;
class Orders {
  private final RestTemplate http;
  Orders(RestTemplate http) { this.http = http; }
  String pay() { return ${call}; }
}
`;
  const config = `package shop;
import java.net.http.HttpClient;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;
class Clients {
  RestTemplate http() {
    SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
    factory.setConnectTimeout(2000);
    return new RestTemplate(factory);
  }
  HttpClient direct() {
    return HttpClient.newBuilder()
        .connectTimeout(Duration.ofSeconds(3))
        .build();
  }
}
`;

  test('a client that is injected is shown where the workspace makes it, with what it is made with', async () => {
    const files = {
      'src/Clients.java': config,
      'src/Orders.java': shop('http.getForObject(URL, String.class)'),
    };
    expect(await clientsOf('Orders.pay', files)).toEqual([
      'src/Clients.java:9 spring-web null setConnectTimeout(2000)',
    ]);
    expect(await clientsOf('Orders.pay', { ...files, 'src/Orders.java': shop('toString()') })).toEqual([]);
  });

  test('one that the workspace does not make is shown where it is used', async () => {
    expect(
      await clientsOf('Orders.pay', { 'src/Orders.java': shop('http.getForObject(URL, String.class)') }),
    ).toEqual(['src/Orders.java:6 spring-web null null']);
  });

  test('a builder gives the limits of its chain', async () => {
    expect(await clientsOf('Clients.direct', { 'src/Clients.java': config })).toEqual([
      'src/Clients.java:12 java null connectTimeout(Duration.ofSeconds(3))',
    ]);
  });
});

describe('C#', () => {
  test('a context of Entity Framework is shown where it is set up', async () => {
    const files = {
      'Shop.csproj': '<PackageReference Include="Microsoft.EntityFrameworkCore" Version="8.0.4" />\n',
      'Startup.cs': `class Startup {
  void Add(IServiceCollection services) {
    services.AddDbContext<ShopContext>(options => options.UseNpgsql("x", o => o.CommandTimeout(5)));
  }
}
`,
      'ShopContext.cs': 'class ShopContext : DbContext { public DbSet<Order> Orders { get; set; } }\n',
      'Orders.cs': `class Orders {
  private readonly ShopContext _context;
  public int Count() { return _context.Orders.Count(); }
}
`,
    };
    expect(await clientsOf('Orders.Count', files)).toEqual([
      'Startup.cs:3 Microsoft.EntityFrameworkCore 8.0.4 null',
    ]);
  });

  test('limits are those of the initializer, of the lines after, and of the chain', async () => {
    const text = `class Clients {
  HttpClient One() { return new HttpClient { Timeout = TimeSpan.FromSeconds(5) }; }
  HttpClient Two() {
    var client = new HttpClient();
    client.Timeout = TimeSpan.FromSeconds(6);
    return client;
  }
  Task Three() { return "http://a".WithTimeout(7).GetJsonAsync<Order>(); }
}
`;
    const limits = async (name: string) =>
      (await clientsOf(`Clients.${name}`, { 'Clients.cs': text })).join();
    expect(await limits('One')).toBe('Clients.cs:2 dotnet null Timeout: TimeSpan.FromSeconds(5)');
    expect(await limits('Two')).toBe('Clients.cs:4 dotnet null Timeout = TimeSpan.FromSeconds(6)');
    expect(await limits('Three')).toBe('Clients.cs:8 Flurl.Http null WithTimeout(7)');
  });
});

describe('Go', () => {
  test('a client that is a literal, and a pool whose limits are set after it was opened', async () => {
    const text = `package shop

import (
	"database/sql"
	"net/http"
)

var payments = &http.Client{Timeout: 3 * time.Second}

type Store struct {
	db *sql.DB
}

func Open() *Store {
	db, err := sql.Open("postgres", "x")
	db.SetMaxOpenConns(20)
	other.SetMaxOpenConns(99)
	return &Store{db: db}
}

func Pay() {
	payments.Get("http://payments")
}

func (s *Store) Count() int {
	return s.db.Query("select 1")
}
`;
    const files = { 'go.mod': 'module shop\n', 'shop.go': text };
    expect(await clientsOf('Pay', files)).toEqual(['shop.go:8 net/http null Timeout: 3 * time.Second']);
    expect(await clientsOf('Store.Count', files)).toEqual([
      'shop.go:15 database/sql null SetMaxOpenConns(20)',
    ]);
  });
});

test('a class that extends a client of JavaScript is shown where it gives its options', async () => {
  const files = {
    'prisma.ts': `import { PrismaClient } from '@prisma/client';
export class PrismaService extends PrismaClient {
  constructor() {
    super({ log: ['warn'] });
  }
}
`,
    'orders.ts': `import { PrismaService } from './prisma';
export class Orders {
  constructor(private readonly prisma: PrismaService) {}
  list() { return this.prisma.order.findMany(); }
}
`,
    'seed.ts': "import { PrismaClient } from '@prisma/client';\nconst prisma = new PrismaClient();\n",
  };
  expect(await clientsOf('Orders.list', files)).toEqual(['prisma.ts:4 @prisma/client null null']);
});

test('a session of Python leads through its maker to the engine, also where a class of views is given it', async () => {
  const files = {
    'db.py': `from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

def connect(url):
    engine = create_engine(url, pool_timeout=4)
    return sessionmaker(bind=engine), engine

Session, engine = connect("x")

def open_session():
    session = Session()
    yield session
`,
    'views.py': `from fastapi import Depends
from db import open_session

class Base:
    session = Depends(open_session)

class Orders(Base):
    def list(self):
        return self.session.all()
`,
  };
  expect(await clientsOf('Orders.list', files)).toEqual(['db.py:5 sqlalchemy null pool_timeout=4']);
});
