/** One library through which code reaches something outside, and which of its calls do so. */
export interface ClientLibrary {
  readonly family: string;
  /** The call as the library exports it, package first; `default` and `*` are left out. */
  readonly calls: RegExp;
  /** Last names of calls that set the client up, where it is made by a framework. */
  readonly setups?: RegExp;
  /** Name in a lock file, where it is not the first part of the import. */
  readonly package?: string;
}

/** HTTP clients, database engines, caches and queues that are known by name. */
export const CLIENT_LIBRARIES: readonly ClientLibrary[] = [
  {
    family: 'python',
    calls: /^requests(\.api|\.sessions)?\.(get|post|put|patch|delete|head|options|request|Session|session)$/,
  },
  {
    family: 'python',
    calls: /^httpx\.(get|post|put|patch|delete|head|options|request|stream|Client|AsyncClient)$/,
  },
  { family: 'python', calls: /^aiohttp(\.client)?\.(ClientSession|request)$/ },
  { family: 'python', calls: /^urllib\.request\.urlopen$/ },
  {
    family: 'python',
    calls: /^urllib3(\.\w+)?\.(PoolManager|HTTPConnectionPool|HTTPSConnectionPool|request)$/,
  },
  {
    family: 'python',
    calls:
      /^sqlalchemy(\.\w+)*\.(create_engine|create_async_engine|async_engine_from_config|engine_from_config)$/,
  },
  { family: 'python', calls: /^flask_sqlalchemy(\.\w+)*\.SQLAlchemy$/, package: 'flask-sqlalchemy' },
  { family: 'python', calls: /^sqlmodel(\.\w+)*\.(create_engine|create_async_engine)$/ },
  {
    family: 'python',
    calls: /^psycopg2(\.pool)?\.(connect|SimpleConnectionPool|ThreadedConnectionPool)$/,
    package: 'psycopg2-binary',
  },
  {
    family: 'python',
    calls: /^psycopg(_pool)?\.((Async)?Connection\.connect|connect|ConnectionPool|AsyncConnectionPool)$/,
  },
  { family: 'python', calls: /^asyncpg\.(connect|create_pool)$/ },
  {
    family: 'python',
    calls:
      /^(pymysql|aiomysql|MySQLdb|mysql\.connector|sqlite3|aiosqlite|databases)\.(connect|create_pool|Database)$/,
  },
  {
    family: 'python',
    calls: /^(pymongo|motor(\.motor_asyncio)?)\.(MongoClient|AsyncMongoClient|AsyncIOMotorClient)$/,
  },
  {
    family: 'python',
    calls: /^redis(\.asyncio|\.client)?\.((Strict)?Redis(\.from_url)?|from_url|ConnectionPool(\.from_url)?)$/,
  },
  { family: 'python', calls: /^(boto3|aioboto3)\.(client|resource|Session)$/ },
  { family: 'python', calls: /^grpc(\.aio)?\.(insecure|secure)_channel$/, package: 'grpcio' },
  { family: 'python', calls: /^(kafka|aiokafka)\.\w*(Producer|Consumer)$/ },
  { family: 'python', calls: /^(pika\.BlockingConnection|aio_pika\.connect(_robust)?|celery\.Celery)$/ },
  { family: 'python', calls: /^(elasticsearch|opensearchpy)\.(Async)?(Elasticsearch|OpenSearch)$/ },
  { family: 'python', calls: /^(openai|anthropic)\.(Async)?(OpenAI|Anthropic)$/ },
  { family: 'python', calls: /^(smtplib\.SMTP(_SSL)?|aiosmtplib\.send)$/ },
  { family: 'javascript', calls: /^(fetch|globalThis\.fetch|window\.fetch)$/ },
  { family: 'javascript', calls: /^(node-fetch|cross-fetch)(\.fetch)?$/ },
  {
    family: 'javascript',
    calls: /^axios(\.Axios|\.axios)?(\.(get|post|put|patch|delete|head|request|create))?$/,
  },
  { family: 'javascript', calls: /^got(\.got)?(\.(get|post|put|patch|delete|head|extend|stream))?$/ },
  { family: 'javascript', calls: /^ky(\.(get|post|put|patch|delete|head|create|extend))?$/ },
  { family: 'javascript', calls: /^undici\.(request|fetch|stream|Agent|Pool|Client)$/ },
  { family: 'javascript', calls: /^superagent\.(get|post|put|patch|delete|del|head)$/ },
  { family: 'javascript', calls: /^(node:)?(http|https)\.(request|get)$/ },
  { family: 'javascript', calls: /^(@nestjs\/axios\.HttpService)(\.\w+)?$/ },
  {
    family: 'javascript',
    calls: /^(pg|pg-promise|postgres|slonik)(\.(Pool|Client|native\.Pool|createPool))?$/,
  },
  { family: 'javascript', calls: /^mysql2?(\/promise)?\.(createPool|createConnection)$/ },
  {
    family: 'javascript',
    calls: /^(ioredis|ioredis\.(Redis|Cluster)|redis\.createClient|redis\.createCluster)$/,
  },
  {
    family: 'javascript',
    calls: /^(mongoose\.(connect|createConnection)|mongodb\.MongoClient(\.connect)?)$/,
  },
  {
    family: 'javascript',
    calls:
      /^(@prisma\/client\.PrismaClient|knex|knex\.knex|sequelize\.Sequelize|sequelize|typeorm\.(DataSource|createConnection))$/,
  },
  {
    family: 'javascript',
    calls: /^(amqplib\.connect|kafkajs\.Kafka|@elastic\/elasticsearch\.Client|nodemailer\.createTransport)$/,
  },
  { family: 'javascript', calls: /^@aws-sdk\/[\w-]+\.\w+Client$/ },
  {
    family: 'javascript',
    calls: /^(openai(\.OpenAI)?|@anthropic-ai\/sdk(\.Anthropic)?|better-sqlite3|stripe(\.Stripe)?)$/,
  },
  {
    family: 'go',
    calls: /^net\/http\.(Get|Post|PostForm|Head|NewRequest|NewRequestWithContext|Client|DefaultClient\.\w+)$/,
  },
  { family: 'go', calls: /^xorm\.io\/xorm\.(NewEngine(Group)?|Engine)$/ },
  { family: 'go', calls: /^entgo\.io\/ent\/dialect\/sql\.Open(DB)?$/ },
  { family: 'go', calls: /^database\/sql\.(Open(DB)?|DB)$/ },
  { family: 'go', calls: /^github\.com\/jmoiron\/sqlx\.((Open|Connect|MustConnect)(Context)?|DB)$/ },
  { family: 'go', calls: /^(github\.com\/jinzhu\/gorm|gorm\.io\/gorm)\.(Open|DB)$/ },
  {
    family: 'go',
    calls: /^github\.com\/jackc\/pgx\/v\d+(\/pgxpool)?\.(New|NewWithConfig|Connect|ConnectConfig|Pool)$/,
  },
  {
    family: 'go',
    calls:
      /^github\.com\/(go-)?redis\/(go-)?redis(\/v\d+)?\.(NewClient|NewClusterClient|NewUniversalClient|Client|UniversalClient)$/,
  },
  {
    family: 'go',
    calls:
      /^(go\.mongodb\.org\/mongo-driver(\/v2)?\/mongo\.Connect|google\.golang\.org\/grpc\.(Dial|DialContext|NewClient))$/,
  },
  { family: 'go', calls: /^(github\.com\/go-resty\/resty\/v\d+|resty\.dev\/v\d+)\.New\w*$/ },
];
