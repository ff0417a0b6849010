import { createHash } from 'node:crypto';

/** A secret as it stands in text, and the part of it that must not be seen. */
export interface Specimen {
  readonly name: string;
  readonly text: string;
  readonly secret: string;
}

/** Letters and digits that look drawn and are the same each time; nothing here has ever been a key. */
function draw(seed: string, length: number, alphabet: string): string {
  let made = '';
  for (let round = 0; made.length < length; round += 1) {
    for (const byte of createHash('sha256').update(`${seed} ${round}`).digest())
      made += alphabet[byte % alphabet.length];
  }
  return made.slice(0, length);
}

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const alnum = (seed: string, length: number) => draw(seed, length, ALNUM);
const hex = (seed: string, length: number) => draw(seed, length, '0123456789abcdef');
const upper = (seed: string, length: number) => draw(seed, length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');

/** Prefixes as vendors document them, apart from their rest, so that no scanner takes this file for a leak. */
const KEYS: readonly (readonly [string, string])[] = [
  ['OpenAI', `sk-${alnum('openai', 48)}`],
  ['OpenAI project', `sk-proj-${alnum('project', 60)}`],
  ['Anthropic', `sk-ant-api03-${alnum('anthropic', 80)}`],
  ['OpenRouter', `sk-or-v1-${hex('router', 64)}`],
  ['Groq', `gsk_${alnum('groq', 52)}`],
  ['Hugging Face', `hf_${alnum('face', 34)}`],
  ['Stripe', `sk_live_${alnum('stripe', 24)}`],
  ['Stripe restricted', `rk_test_${alnum('restricted', 24)}`],
  ['Stripe webhook', `whsec_${alnum('whsec', 32)}`],
  ['GitHub', `ghp_${alnum('github', 36)}`],
  ['GitHub app', `ghs_${alnum('app', 36)}`],
  ['GitHub fine-grained', `github_pat_${alnum('fine', 22)}_${alnum('grained', 59)}`],
  ['GitLab', `glpat-${alnum('gitlab', 20)}`],
  ['Atlassian', `ATATT3${alnum('atlassian', 60)}`],
  ['AWS key id', `AKIA${upper('aws', 16)}`],
  ['AWS temporary key id', `ASIA${upper('sts', 16)}`],
  ['Google', `AIza${alnum('google', 35)}`],
  ['Google OAuth', `GOCSPX-${alnum('oauth', 28)}`],
  ['Google access token', `ya29.${alnum('access', 60)}`],
  ['Slack bot', `xoxb-${draw('team', 11, '0123456789')}-${alnum('slack', 24)}`],
  ['Slack app', `xapp-1-${alnum('slackapp', 40)}`],
  ['Telegram', `${draw('bot', 10, '123456789')}:AA${alnum('telegram', 33)}`],
  ['SendGrid', `SG.${alnum('send', 22)}.${alnum('grid', 43)}`],
  ['Mailgun', `key-${hex('mailgun', 32)}`],
  ['Mailchimp', `${hex('chimp', 32)}-us14`],
  ['Twilio', `SK${hex('twilio', 32)}`],
  ['npm', `npm_${alnum('npm', 36)}`],
  ['PyPI', `pypi-${alnum('pypi', 80)}`],
  ['RubyGems', `rubygems_${hex('gems', 48)}`],
  ['Docker', `dckr_pat_${alnum('docker', 27)}`],
  ['DigitalOcean', `dop_v1_${hex('ocean', 64)}`],
  ['Databricks', `dapi${hex('bricks', 32)}`],
  ['Shopify', `shpat_${hex('shopify', 32)}`],
  ['Square', `sq0atp-${alnum('square', 22)}`],
  ['New Relic', `NRAK-${upper('relic', 27)}`],
  ['Grafana', `glsa_${alnum('grafana', 32)}_${hex('sum', 8)}`],
  ['Sentry', `sntrys_${alnum('sentry', 60)}`],
  ['PlanetScale', `pscale_pw_${alnum('planet', 43)}`],
  ['Supabase', `sbp_${hex('supabase', 40)}`],
  ['Vault', `hvs.${alnum('vault', 90)}`],
  ['Terraform', `${alnum('terra', 14)}.atlasv1.${alnum('form', 67)}`],
  ['Postman', `PMAK-${hex('post', 24)}-${hex('man', 34)}`],
  ['Linear', `lin_api_${alnum('linear', 40)}`],
  ['Figma', `figd_${alnum('figma', 40)}`],
  ['age', `AGE-SECRET-KEY-1${upper('age', 58)}`],
];

const PASSWORD = `h7${alnum('password', 12)}`;
const TOKEN = `t9.${alnum('token', 24)}`;
const jwtPart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const JWT = `${jwtPart({ alg: 'HS256', typ: 'JWT' })}.${jwtPart({ sub: '1234567890' })}.${alnum('jwt', 43)}`;
const BASIC = Buffer.from(`ann:${PASSWORD}`).toString('base64');
const AWS_SECRET = `${alnum('secret', 20)}/${alnum('key', 19)}`;
const KEY_BODY = [alnum('pem1', 64), alnum('pem2', 64), alnum('pem3', 20)].join('\n');
const pem = (kind: string) => `-----BEGIN ${kind}-----\n${KEY_BODY}\n-----END ${kind}-----`;

/** Everything that must never come out; texts of one line, except for keys in PEM. */
export const SPECIMENS: readonly Specimen[] = [
  ...KEYS.map(([name, secret]) => ({ name, text: `the key ${secret} is set`, secret })),
  ...KEYS.map(([name, secret]) => ({ name: `${name} in a query`, text: `GET /a?k=${secret}&x=1`, secret })),
  ...[
    ['a bearer token', `Authorization: Bearer ${TOKEN}`, TOKEN],
    ['a bearer token in prose', `sent with bearer ${TOKEN}, it failed`, TOKEN],
    ['basic auth', `authorization: Basic ${BASIC}`, BASIC],
    ['basic auth in prose', `curl -H "x: Basic ${BASIC}"`, BASIC],
    [
      'another scheme',
      `Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=${hex('sig', 64)}`,
      hex('sig', 64),
    ],
    ['a proxy’s credentials', `Proxy-Authorization: Custom ${PASSWORD}`, PASSWORD],
    ['a cookie', `Cookie: theme=dark; sid=${TOKEN}; lang=en`, TOKEN],
    ['a Set-Cookie', `Set-Cookie: sid=${TOKEN}; Path=/; HttpOnly`, TOKEN],
    ['cookies in JSON', `{"set-cookie":["a=1; Path=/","sid=${TOKEN}"]}`, TOKEN],
    ['a cookie set in code', `res.setHeader('Set-Cookie', 'sid=${TOKEN}; Path=/')`, TOKEN],
    ['a header set in code', `headers.append("Authorization", "Custom ${PASSWORD}")`, PASSWORD],
    ['a JSON Web Token', `seen ${JWT} there`, JWT.slice(-43)],
    ['a password in a URL', `http://ann:${PASSWORD}@db.test:8080/x`, PASSWORD],
    ['a password with @ in a URL', `https://ann:${PASSWORD}@${PASSWORD}@db.test/x`, PASSWORD],
    ['a token as the user of a URL', `https://${alnum('user', 30)}@git.test/a.git`, alnum('user', 30)],
    ['PostgreSQL', `postgres://app:${PASSWORD}@db:5432/shop?sslmode=require`, PASSWORD],
    ['a slash in a password', `postgresql://app:${PASSWORD}/x@db:5432/shop`, PASSWORD],
    ['libpq', `host=db user=app password=${PASSWORD} dbname=shop`, PASSWORD],
    ['SQLAlchemy', `mysql+pymysql://app:${PASSWORD}@db/shop`, PASSWORD],
    ['Go MySQL', `app:${PASSWORD}@tcp(db:3306)/shop?parseTime=true`, PASSWORD],
    ['MongoDB', `mongodb+srv://app:${PASSWORD}@c0.test,c1.test/shop`, PASSWORD],
    ['Redis', `redis://:${PASSWORD}@cache:6379/0`, PASSWORD],
    ['AMQP', `amqps://app:${PASSWORD}@mq:5671/%2f`, PASSWORD],
    ['SQL Server', `Server=db;Database=shop;User Id=app;Password=${PASSWORD};Encrypt=true`, PASSWORD],
    ['SQL Server, short', `Data Source=db;uid=app;pwd=${PASSWORD};`, PASSWORD],
    ['JDBC', `jdbc:postgresql://db/shop?user=app&password=${PASSWORD}`, PASSWORD],
    ['Oracle', `jdbc:oracle:thin:app/${PASSWORD}@//db:1521/shop`, PASSWORD],
    [
      'Azure storage',
      `AccountName=a;AccountKey=${alnum('azure', 86)}==;EndpointSuffix=x`,
      alnum('azure', 86),
    ],
    ['a SAS', `https://a.blob.test/c?sv=2024&sig=${alnum('sas', 43)}%3D`, alnum('sas', 43)],
    ['an S3 signature', `https://b.s3.test/k?X-Amz-Date=1&X-Amz-Signature=${hex('s3', 64)}`, hex('s3', 64)],
    ['a webhook of Slack', `https://hooks.slack.com/services/T0/B0/${alnum('hook', 24)}`, alnum('hook', 24)],
    [
      'a webhook of Discord',
      `https://discord.com/api/webhooks/1/${alnum('discord', 60)}`,
      alnum('discord', 60),
    ],
    ['an AWS pair in INI', `aws_secret_access_key = ${AWS_SECRET}`, AWS_SECRET],
    ['an AWS pair in .env', `AWS_SECRET_ACCESS_KEY=${AWS_SECRET}`, AWS_SECRET],
    ['.env', `DB_PASSWORD=${PASSWORD}`, PASSWORD],
    ['.env in quotes', `export STRIPE_SECRET="${PASSWORD} ${PASSWORD}"`, PASSWORD],
    ['PGPASSWORD', `PGPASSWORD=${PASSWORD} psql -h db`, PASSWORD],
    ['Rails', `SECRET_KEY_BASE=${hex('rails', 128)}`, hex('rails', 128)],
    ['JSON', `{"user":"ann","password":"${PASSWORD} x","n":1}`, PASSWORD],
    ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: PASSWORD, a: 1 }) }), PASSWORD],
    ['JSON in JSON in JSON', JSON.stringify([JSON.stringify([JSON.stringify({ token: TOKEN })])]), TOKEN],
    ['JSON cut short', `{"user":"ann","password":"${PASSWORD}`, PASSWORD],
    ['YAML', `  password: ${PASSWORD}`, PASSWORD],
    ['YAML in words', 'password: swordfish', 'swordfish'],
    ['INI', 'password = swordfish', 'swordfish'],
    ['Kubernetes', `- name: DB_PASSWORD\n  value: ${PASSWORD}`, PASSWORD],
    ['a pair in JSON', `{"name": "API_TOKEN", "value": "${TOKEN}"}`, TOKEN],
    ['XML', `<db><password>${PASSWORD}</password></db>`, PASSWORD],
    ['a form', `user=ann&password=${PASSWORD}&remember=1`, PASSWORD],
    ['OAuth', `access_token=${TOKEN}&refresh_token=${TOKEN}&token_type=bearer`, TOKEN],
    ['JavaScript', `const apiKey = '${TOKEN}';`, TOKEN],
    ['JavaScript template', `const dbPassword = \`${PASSWORD}\`;`, PASSWORD],
    ['Python', `os.environ["DB_PASSWORD"] = "${PASSWORD}"`, PASSWORD],
    ['Python bytes', `SECRET_KEY = b"${PASSWORD}"`, PASSWORD],
    ['Go', `apiToken := "${TOKEN}"`, TOKEN],
    ['PHP', `'password' => '${PASSWORD}',`, PASSWORD],
    ['C#', `var clientSecret = @"${PASSWORD}";`, PASSWORD],
    ['Java', `builder.password("${PASSWORD}").build()`, PASSWORD],
    ['a flag', `app --db-password ${PASSWORD} --port 80`, PASSWORD],
    ['a flag with a sign', `app --api-key=${TOKEN}`, TOKEN],
    ['curl', `curl -u ann:${PASSWORD} http://x`, PASSWORD],
    ['SQL', `CREATE USER app IDENTIFIED BY '${PASSWORD}'`, PASSWORD],
    ['.netrc', `machine git.test login ann password ${PASSWORD}`, PASSWORD],
    ['an API key header', `X-Api-Key: ${TOKEN}`, TOKEN],
    ['a subscription key', `Ocp-Apim-Subscription-Key: ${hex('apim', 32)}`, hex('apim', 32)],
  ].map(([name = '', text = '', secret = '']) => ({ name, text, secret })),
  ...[
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ].map((kind) => ({ name: kind, text: pem(kind), secret: KEY_BODY.slice(65, 129) })),
  {
    name: 'a private key cut short',
    text: pem('EC PRIVATE KEY').slice(0, 150),
    secret: KEY_BODY.slice(65, 100),
  },
  {
    name: 'a private key in JSON',
    text: JSON.stringify({ private_key: pem('PRIVATE KEY') }),
    secret: KEY_BODY.slice(65, 129),
  },
];

/** What must stay readable: prose, code, ids and hashes. */
export const HARMLESS: readonly string[] = [
  'GET /users/1?page=2 took 12 ms, p95 300 ms',
  'id 550e8400-e29b-41d4-a716-446655440000 at 2026-11-21T10:25:10Z',
  `commit ${hex('commit', 40)}, sha256 ${hex('sha', 64)}`,
  `sha512-${alnum('integrity', 86)}==`,
  'Basic usage: the basic auth flow needs a bearer token; Bearer authentication (RFC 6750)',
  'The token bucket has 5 tokens; max_tokens: 4000, budget_tokens=3000, token_count = 12',
  'tokenUrl: https://auth.test/oauth/token, "token_type": "bearer", passwordField: "pw"',
  'http://127.0.0.1:8000/users/@me and http://localhost:3000/a?email=ann@x.test',
  'connect to redis://cache:6379/0 or postgres://app@db:5432/shop',
  'git@github.com:org/repo.git and ssh://git@host.test/repo',
  'const token = await getToken(user);',
  'const password = process.env.DB_PASSWORD;',
  "password = os.environ['DB_PASSWORD']",
  'if (token === previousToken || password !== "") return;',
  'function login(user: string, password: string): Promise<Token> {}',
  'def login(user: str, password: Optional[str] = None, token: str = ""):',
  'headers: { authorization: `Bearer \u0024{token}` }',
  'Authorization: Bearer {token}',
  'auth: { default: { type: bearer, env: SHOP_TOKEN } }',
  'postgres://app:{password}@db/shop, redis://:\u0024{REDIS_PASSWORD}@cache',
  'PASSWORD=$DB_PASSWORD TOKEN=\u0024{TOKEN} PWD=/home/ann',
  '{"password":{"type":"string","format":"password"},"token":null}',
  '{"name":"ann","password":"string"}',
  'password: "***"',
  'class="sk-circle-fade-dot sk-loading-spinner"',
  'The cookie is set by the server; a session ends after 30 minutes.',
  'primary key, sort_key=name, public_key, keyboard: qwerty, monkey: 1',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  'x = secretary; y = tokenizer(z); passwordless: yes',
];
