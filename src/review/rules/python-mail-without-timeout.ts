import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { appendMember, insertAt, replaceNode } from '../syntax/insert.ts';
import {
  fullName,
  hasSplat,
  keywordOf,
  type PythonNames,
  positionalOf,
  readPythonImports,
} from '../syntax/python.ts';
import { lineBreakAt, type SourceText } from '../syntax/source-text.ts';

/** How many arguments by place each client takes before, or with, its time limit. */
const CLIENTS: Readonly<Record<string, number>> = {
  'smtplib.SMTP': 4,
  'smtplib.SMTP_SSL': 4,
  'smtplib.LMTP': 5,
  'imaplib.IMAP4': 3,
  'imaplib.IMAP4_SSL': 3,
  'poplib.POP3': 3,
  'poplib.POP3_SSL': 3,
};
const LIMIT = 'timeout=10';
/** Backends that do not speak SMTP themselves. */
const OTHER_BACKEND = /^EMAIL_BACKEND\s*=(?!.*smtp)[^#\n]*['"]/m;

/** A file that opens the connection for its mails by itself, with a time limit. */
const OWN_CONNECTION = ['get_connection(', 'timeout=', 'connection=connection'];

export default defineRule({
  id: 'python-mail-without-timeout',
  languages: ['python'],
  title: 'Mail server without a time limit (Python)',
  summary: 'A mail server that does not answer holds the request or the worker that sends a mail.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['Django'],
  shownBy: { hang: 0.5 },
  advice: {
    libraryDefault:
      'smtplib, imaplib and poplib (all versions of Python) use the global socket timeout, which is none; Django (all versions): EMAIL_TIMEOUT is None, which leaves it at that.',
    source: 'Python docs smtplib.SMTP, socket.setdefaulttimeout; Django docs "Settings: EMAIL_TIMEOUT"',
    howItMaterializes:
      'The mail server accepts the connection and stays silent, as overloaded ones and those behind a firewall do.',
    downstreamImpact:
      'Registration or checkout, which only wanted to send a mail along, hangs, and takes a worker each time.',
    discussion:
      'The limit holds for each step with the server. Better still, send mails from a queue, so that the request does not wait for them at all.',
    infrastructurePattern: 'A local relay (Postfix) takes mails at once and tries again by itself.',
    benefit: 'A silent mail server costs seconds and an error that can be handled.',
    risks: 'Slow servers fail with TimeoutError: the mail must be tried again later.',
    monitoring: 'Mails that wait or fail, time that sending takes.',
  },
  check({ source, project }) {
    if (project.holds('setdefaulttimeout(')) return [];
    const names = readPythonImports(source);
    return [...checkClients(source, names), ...checkSettings(source, project)];
  },
  examples: {
    valid: [
      'import smtplib\nwith smtplib.SMTP(host, 25, timeout=10) as s:\n    s.send_message(m)\n',
      'import smtplib\ns = smtplib.SMTP(host, 25, "me", 10)\n',
      'import smtplib\ns = smtplib.SMTP(**options)\n',
      'import socket, smtplib\nsocket.setdefaulttimeout(5)\ns = smtplib.SMTP(host)\n',
      'from .smtplib import SMTP\ns = SMTP(host)\n',
      'import smtplib\nif __name__ == "__main__":\n    s = smtplib.SMTP(host)\n',
      'INSTALLED_APPS = ["shop"]\nEMAIL_HOST = "mail"\nEMAIL_TIMEOUT = 10\n',
      'INSTALLED_APPS = ["shop"]\nEMAIL_BACKEND = "django_ses.SESBackend"\nEMAIL_HOST = "mail"\n',
      'from django.core.mail import get_connection, send_mail\nINSTALLED_APPS = ["shop"]\nEMAIL_HOST = "mail"\nconnection = get_connection(timeout=5)\nsend_mail(a, connection=connection)\n',
      'EMAIL_HOST = "mail"\nMAIL_PORT = 25\n',
      'INSTALLED_APPS = ["shop"]\nclass Mail:\n    EMAIL_HOST = "mail"\n',
    ],
    invalid: [
      {
        before:
          'INSTALLED_APPS = ["shop"]\nEMAIL_HOST = "mail"\nconnection = get_connection()\nsend_mail(a, connection=connection)\n',
        after:
          'INSTALLED_APPS = ["shop"]\nEMAIL_HOST = "mail"\nEMAIL_TIMEOUT = 10\nconnection = get_connection()\nsend_mail(a, connection=connection)\n',
      },
      {
        before: 'import smtplib\nwith smtplib.SMTP(host, 25) as s:\n    s.send_message(m)\n',
        after: 'import smtplib\nwith smtplib.SMTP(host, 25, timeout=10) as s:\n    s.send_message(m)\n',
      },
      {
        before: 'from smtplib import SMTP_SSL as Mail\ns = Mail(\n    host,\n    context=context,\n)\n',
        after:
          'from smtplib import SMTP_SSL as Mail\ns = Mail(\n    host,\n    context=context,\n    timeout=10,\n)\n',
      },
      {
        before: 'import imaplib\nbox = imaplib.IMAP4_SSL(host, timeout=None)\n',
        after: 'import imaplib\nbox = imaplib.IMAP4_SSL(host, timeout=10)\n',
      },
      {
        before: 'INSTALLED_APPS = ["shop"]\nEMAIL_HOST = os.environ["SMTP"]\nEMAIL_PORT = 25\n',
        after:
          'INSTALLED_APPS = ["shop"]\nEMAIL_HOST = os.environ["SMTP"]\nEMAIL_TIMEOUT = 10\nEMAIL_PORT = 25\n',
      },
    ],
  },
});

function checkClients({ text, nodes }: SourceText, names: PythonNames): RuleMatch[] {
  // A file that is run by hand: somebody sits before it who can end it.
  if (/^if __name__ == ['"]__main__['"]/m.test(text)) return [];
  return nodes('call').flatMap((call) => {
    const callee = fullName(call.child('function'), names) ?? '';
    const places = CLIENTS[callee];
    const list = call.child('arguments');
    if (places === undefined || list?.type !== 'argument_list' || hasSplat(call)) return [];
    const given = keywordOf(call, 'timeout')?.child('value') ?? null;
    if (positionalOf(call).length >= places || (given !== null && given.type !== 'none')) return [];
    const edit = given === null ? appendMember(text, list, LIMIT) : replaceNode(given, '10');
    return [
      {
        startOffset: call.start,
        endOffset: call.end,
        message: `\`${callee}\` waits for its server without limit.`,
        fix: { summary: 'Wait at most 10 s for each step.', edits: [edit] },
      },
    ];
  });
}

/** Settings of Django: a module that names the mail server for Django's own SMTP backend. */
function checkSettings(source: SourceText, project: ProjectFacts): RuleMatch[] {
  const host = source.nodes('assignment').find(isMailHost);
  const isDjango = /^INSTALLED_APPS\b/m.test(source.text) || project.holds('from django.core.mail');
  if (host === undefined || !isDjango || project.holds('EMAIL_TIMEOUT')) return [];
  if (OTHER_BACKEND.test(source.text) || project.holdsTogether(OWN_CONNECTION)) return [];
  const limit = `${lineBreakAt(source.text, host.start)}EMAIL_TIMEOUT = 10`;
  return [
    {
      startOffset: host.start,
      endOffset: host.end,
      message: 'Django waits for this mail server without limit: `EMAIL_TIMEOUT` is not set.',
      fix: { summary: 'Wait at most 10 s for each step.', edits: [insertAt(host.end, limit)] },
    },
  ];
}

function isMailHost(assignment: LeanNode): boolean {
  const isTop = assignment.parent?.parent?.type === 'module';
  return (
    isTop && assignment.child('left')?.text === 'EMAIL_HOST' && assignment.child('right')?.type !== 'none'
  );
}
