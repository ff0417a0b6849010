import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch, type TextEdit } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, type JsBinding, propertyNames, readJsImports } from '../syntax/javascript.ts';
import { objectBehind } from '../syntax/js-values.ts';
import type { SourceText } from '../syntax/source-text.ts';

const LIMITS = ['connectionTimeout: 10000', 'socketTimeout: 30000'];
/** Transports that speak no SMTP. */
const OTHER_TRANSPORTS = ['SES', 'sendmail', 'streamTransport', 'jsonTransport', 'name', 'send', 'transport'];
/** What an SMTP transport is described by. */
const SERVER = ['host', 'service', 'port', 'url', 'auth'];

export default defineRule({
  id: 'js-mail-without-timeout',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Mail server with a limit of minutes (nodemailer)',
  summary: 'A mail server that went silent holds whoever sends a mail for ten minutes.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['nodemailer'],
  shownBy: { hang: 0.4 },
  advice: {
    libraryDefault:
      'nodemailer (all versions so far): connectionTimeout 2 min, greetingTimeout 30 s, socketTimeout 10 min without a byte.',
    source: 'nodemailer lib/smtp-connection/index.js; nodemailer.com "SMTP transport: timeouts"',
    howItMaterializes:
      'The mail server accepts the connection and stays silent, as overloaded ones and those behind a firewall do.',
    downstreamImpact: 'Registration or checkout, which only wanted to send a mail along, hangs for minutes.',
    discussion:
      'Better still, send mails from a queue, so that the request does not wait for them at all; the limits then keep the queue moving.',
    infrastructurePattern: 'A local relay (Postfix) takes mails at once and tries again by itself.',
    benefit: 'A silent mail server costs seconds and an error that can be handled.',
    risks: 'Slow servers fail with ETIMEDOUT: the mail must be tried again later.',
    monitoring: 'Mails that wait or fail, time that sending takes.',
  },
  check({ source }) {
    const names = readJsImports(source);
    return source
      .nodes('call_expression')
      .filter((call) => isTransport(call.child('function'), names))
      .map((call) => checkTransport(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ host, socketTimeout: 20000 });",
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport(options);",
      "import nodemailer from 'nodemailer';\nconst options = { host };\noptions.socketTimeout = 2000;\nnodemailer.createTransport(options);",
      "import nodemailer from 'nodemailer';\nlet options = { host };\nif (fast) options = quick;\nnodemailer.createTransport(options);",
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ host, ...options });",
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ SES: { ses, aws } });",
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ sendmail: true, path });",
      "import nodemailer from './mail.js';\nnodemailer.createTransport({ host });",
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport('smtp://a?socketTimeout=2000');",
      "import nodemailer from 'nodemailer';\nnodemailer.createTransport(customTransport({ auth }));",
    ],
    invalid: [
      {
        before:
          "import nodemailer from 'nodemailer';\nconst options = {\n  host,\n  port: 25,\n};\nconst mail = nodemailer.createTransport(options);",
        after:
          "import nodemailer from 'nodemailer';\nconst options = {\n  host,\n  port: 25,\n  connectionTimeout: 10000,\n  socketTimeout: 30000,\n};\nconst mail = nodemailer.createTransport(options);",
      },
      {
        before:
          "import nodemailer from 'nodemailer';\nconst mail = nodemailer.createTransport({ host, port });",
        after:
          "import nodemailer from 'nodemailer';\nconst mail = nodemailer.createTransport({ host, port, connectionTimeout: 10000, socketTimeout: 30000 });",
      },
      {
        before:
          "const { createTransport: make } = require('nodemailer');\nconst mail = make({\n  service: 'gmail',\n  auth: { user, pass },\n});",
        after:
          "const { createTransport: make } = require('nodemailer');\nconst mail = make({\n  service: 'gmail',\n  auth: { user, pass },\n  connectionTimeout: 10000,\n  socketTimeout: 30000,\n});",
      },
      {
        before: "import * as nodemailer from 'nodemailer';\nnodemailer.createTransport('smtps://a:465');",
        after: null,
      },
      {
        before:
          "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ host } as SMTPTransport.Options);",
        after:
          "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ host, connectionTimeout: 10000, socketTimeout: 30000 } as SMTPTransport.Options);",
        language: 'typescript',
      },
      {
        before:
          "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ host, connectionTimeout: 5000 });",
        after:
          "import nodemailer from 'nodemailer';\nnodemailer.createTransport({ host, connectionTimeout: 5000, socketTimeout: 30000 });",
      },
    ],
  },
});

function isTransport(callee: LeanNode | null, names: ReadonlyMap<string, JsBinding>): boolean {
  const [object = '', member, ...rest] = (callee?.text ?? '').split('.');
  const binding = names.get(object);
  if (binding?.module !== 'nodemailer' || rest.length > 0) return false;
  return member === undefined ? binding.name === 'createTransport' : member === 'createTransport';
}

function checkTransport(call: LeanNode, source: SourceText): RuleMatch | null {
  const [given] = argumentsOf(call);
  if (given === undefined) return null;
  const isUrl = given.type === 'string' || given.type === 'template_string';
  const options = isUrl ? given : objectBehind(given, source);
  if (options === null || options.text.includes('socketTimeout')) return null;
  if (isUrl ? !/^.smtps?:/.test(options.text) : !describesServer(options)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'This transport waits ten minutes for each answer of a silent server.',
    feltAt: 'sendMail',
    fix: isUrl
      ? null
      : {
          summary: 'Wait at most 10 s to connect, and 30 s for each answer.',
          edits: appendLimits(options, source.text),
        },
  };
}

function describesServer(options: LeanNode): boolean {
  if (options.type !== 'object') return false;
  const names = propertyNames(options);
  if (names === null || OTHER_TRANSPORTS.some((name) => names.has(name))) return false;
  return SERVER.some((name) => names.has(name));
}

function appendLimits(options: LeanNode, text: string): TextEdit[] {
  const missing = LIMITS.filter((limit) => !options.text.includes(limit.slice(0, limit.indexOf(':'))));
  const [first, ...more] = missing.map((limit) => appendMember(text, options, limit));
  return first === undefined ? [] : [{ ...first, text: [first, ...more].map((edit) => edit.text).join('') }];
}
