import type { ClientLibrary } from './client-libraries.ts';

/** HTTP clients, database pools, caches and queues of Java. */
const JAVA_CLIENTS: readonly ClientLibrary[] = [
  { family: 'java', calls: /^java\.net\.http\.HttpClient(\.(newHttpClient|newBuilder))?$/, package: 'java' },
  {
    family: 'java',
    calls:
      /^org\.springframework\.(web\.client\.(RestTemplate|RestClient(\.(create|builder))?)|boot\.\S+\.RestTemplateBuilder)$/,
    package: 'spring-web',
  },
  {
    family: 'java',
    calls: /^org\.springframework\.web\.reactive\.function\.client\.WebClient(\.(create|builder))?$/,
    package: 'spring-webflux',
  },
  { family: 'java', calls: /^okhttp3\.OkHttpClient(\.Builder)?$/, package: 'okhttp' },
  {
    family: 'java',
    calls:
      /^org\.apache\.http(\.\w+)*\.(HttpClients\.(createDefault|custom|createSystem)|HttpClientBuilder\.create|CloseableHttpClient|HttpClient)$/,
    package: 'httpclient',
  },
  {
    family: 'java',
    calls:
      /^org\.apache\.hc(\.\w+)*\.(HttpClients\.(createDefault|custom|createSystem)|HttpClientBuilder\.create)$/,
    package: 'httpclient5',
  },
  { family: 'java', calls: /^com\.zaxxer\.hikari\.HikariDataSource$/, package: 'HikariCP' },
  { family: 'java', calls: /^java\.sql\.DriverManager\.getConnection$/, package: 'java' },
  {
    family: 'java',
    calls: /^org\.springframework\.jdbc\.core\.(\w+\.)?(NamedParameter)?JdbcTemplate$/,
    package: 'spring-jdbc',
  },
  {
    family: 'java',
    calls: /^redis\.clients\.jedis\.(Jedis|JedisPool|JedisPooled|JedisCluster)$/,
    package: 'jedis',
  },
  {
    family: 'java',
    calls: /^io\.lettuce\.core\.(\w+\.)?Redis(Cluster)?Client\.create$/,
    package: 'lettuce-core',
  },
  {
    family: 'java',
    calls: /^org\.springframework\.data\.redis\.core\.(String)?RedisTemplate$/,
    package: 'spring-data-redis',
  },
  { family: 'java', calls: /^com\.mongodb\.client\.MongoClients\.create$/, package: 'mongodb-driver-sync' },
  {
    family: 'java',
    calls: /^org\.apache\.kafka\.clients\.\w+\.Kafka(Producer|Consumer)$/,
    package: 'kafka-clients',
  },
  { family: 'java', calls: /^org\.springframework\.kafka\.core\.KafkaTemplate$/, package: 'spring-kafka' },
  { family: 'java', calls: /^io\.grpc\.ManagedChannelBuilder\.for(Address|Target)$/, package: 'grpc-core' },
  {
    family: 'java',
    calls: /^org\.springframework\.mail\.javamail\.JavaMailSender(Impl)?$/,
    package: 'spring-context-support',
  },
];

/** The same of C#, whose names do not say their package. */
const CSHARP_CLIENTS: readonly ClientLibrary[] = [
  {
    family: 'csharp',
    calls: /^(HttpClient|IHttpClientFactory(\.CreateClient)?)$/,
    setups: /^AddHttpClient$/,
    package: 'dotnet',
  },
  { family: 'csharp', calls: /^RestClient$/, package: 'RestSharp' },
  {
    family: 'csharp',
    calls: /^(SqlConnection|NpgsqlConnection|MySqlConnection|SqliteConnection)$/,
    package: 'dotnet',
  },
  { family: 'csharp', calls: /^NpgsqlDataSource(Builder|\.Create)$/, package: 'Npgsql' },
  {
    family: 'csharp',
    calls: /^(DbContext|IdentityDbContext)$/,
    setups: /^Use(SqlServer|Npgsql|Sqlite|MySql|MySQL|Oracle|Cosmos)$/,
    package: 'Microsoft.EntityFrameworkCore',
  },
  {
    family: 'csharp',
    calls: /^(ConnectionMultiplexer\.Connect(Async)?|IConnectionMultiplexer)$/,
    package: 'StackExchange.Redis',
  },
  {
    family: 'csharp',
    calls: /^IFlurlClient$/,
    setups: /^(Get|Post|Put|Patch|Delete|Send)(Json|UrlEncoded|Multipart)Async$/,
    package: 'Flurl.Http',
  },
  { family: 'csharp', calls: /^MongoClient$/, package: 'MongoDB.Driver' },
  { family: 'csharp', calls: /^(ProducerBuilder|ConsumerBuilder)$/, package: 'Confluent.Kafka' },
  { family: 'csharp', calls: /^GrpcChannel\.ForAddress$/, package: 'Grpc.Net.Client' },
  { family: 'csharp', calls: /^SmtpClient$/, package: 'dotnet' },
];

export const TYPED_CLIENTS: readonly ClientLibrary[] = [...JAVA_CLIENTS, ...CSHARP_CLIENTS];
