import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { listWithin, type SourceText } from '../syntax/source-text.ts';

const WRITE =
  /(\.objects(\.\w+\(.*\))*\.(create|bulk_create|update_or_create|get_or_create|bulk_update|update|delete)|\.(save|delete))$/s;

export default defineRule({
  id: 'python-django-writes-without-transaction',
  languages: ['python'],
  title: 'Several writes of a view without a transaction (Django)',
  summary: 'When the second write fails, the first one stays: the data is half changed.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['django'],
  shownBy: { unclear_error: 0.3 },
  advice: {
    libraryDefault:
      'Django (all versions): autocommit, and ATOMIC_REQUESTS False: each query is its own transaction.',
    source: 'Django docs "Database transactions"',
    howItMaterializes: 'The database goes away, or a constraint fails, between two writes of one request.',
    downstreamImpact:
      'An order without lines, a counter without its row; the retry of the client makes it twice.',
    discussion: '`with transaction.atomic():` around the writes, or the decorator on the view.',
    infrastructurePattern: 'None helps: only the application knows what belongs together.',
    benefit: 'A request changes everything or nothing.',
    risks: 'Locks are held until the end of the block: keep calls to other services out of it.',
    monitoring: 'Rows that break an invariant; rollbacks.',
  },
  check({ source, project }) {
    if (!/\bdjango\b/.test(source.text) || project.holds('ATOMIC_REQUESTS')) return [];
    return source
      .nodes('function_definition')
      .map((definition) => checkView(definition, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'from django.db import transaction\ndef create(request):\n    with transaction.atomic():\n        order = Order.objects.create()\n        Line.objects.create(order=order)\n',
      'from django.db import transaction\n@transaction.atomic\ndef create(request):\n    order = Order.objects.create()\n    Line.objects.create(order=order)\n',
      'from django.http import HttpResponse\ndef create(request):\n    order = Order.objects.create()\n    return HttpResponse(order.id)\n',
      'from django.http import HttpResponse\ndef toggle(request):\n    if request.POST:\n        a.save()\n    else:\n        b.delete()\n',
      'from django.db import models\ndef helper(order):\n    order.save()\n    order.line.save()\n',
      'from django.core.files import File\ndef upload(request):\n    form.save()\n',
      'from django.http import HttpResponse\ndef attach(request):\n    photo.save()\n    photo.save()\n',
      'from django.http import HttpResponse\ndef create(request):\n    bundle = form.save(owner=request.user)\n    bundle.status = 1\n    bundle.save()\n    bundle.total = total\n',
      'from rest_framework.response import Response\nfrom django.db import models\ndef take(request):\n    row, created = Row.objects.get_or_create(id=request.data["id"])\n    if created:\n        return Response()\n    row.name = request.data["name"]\n    row.save()\n',
      'from django.http import HttpResponse\ndef alert(request):\n    row, _ = Alert.objects.get_or_create(id=request.GET["id"])\n    row.first_seen().save()\n',
      'from django.http import HttpResponse\ndef upload(request):\n    job = Job.objects.create()\n    job.skipped = run(request.FILES)\n    job.completed_at = timezone.now()\n    job.save()\n',
      'from django.http import HttpResponse\ndef rename(request):\n    line.save()\n    Order.objects.filter(id=1).update(modified=timezone.now())\n    order.save(update_fields=["updated_at"])\n',
      'from django.core.cache import cache\ndef take_back(request):\n    cache.delete("a")\n    order.delete()\n',
      'from django.core.cache import caches\ndef change(request):\n    caches["a"].delete("b")\n    request.session.save()\n    order.save()\n',
      'from rest_framework.response import Response\nfrom django.db import models\ndef hang_up(request):\n    number.save()\n    client.calls(request.data["id"]).delete()\n    return Response()\n',
      'from django.http import HttpResponse\nfrom django.db import models\ndef cancel(request):\n    customer.subscriptions.retrieve(gift.subscription).delete()\n    gift.subscription = ""\n    gift.save()\n',
      'from django.core.files.storage import default_storage\ndef remove(request):\n    default_storage.delete(path)\n    photo.delete()\n',
      'from django.http import HttpResponse\ndef detach(request):\n    photo.image.delete(save=False)\n    photo.delete()\n',
    ],
    invalid: [
      {
        before:
          'from django.http import HttpResponse\ndef change(request):\n    series = form.save(request)\n    series.names = names\n    series.save()\n',
        after: null,
      },
      {
        before:
          'from django.http import HttpResponse\ndef leave(request):\n    client.account.save()\n    client.delete()\n',
        after: null,
      },
      {
        before:
          'from django.http import HttpResponse\ndef rename(request):\n    line.save()\n    Order.objects.filter(id=1).update(modified=now, total=2)\n',
        after: null,
      },
      {
        before:
          'from django.http import HttpResponse\ndef create(request):\n    order = Order.objects.create()\n    Line.objects.create(order=order)\n    return HttpResponse(order.id)\n',
        after: null,
      },
      {
        before:
          'from django.views import View\nclass A(View):\n    def post(self, request):\n        order = Order.objects.create()\n        order.customer.save()\n',
        after: null,
      },
      {
        before:
          'from django.shortcuts import redirect\ndef move(request, id):\n    Seat.objects.filter(id=id).update(taken=True)\n    Ticket.objects.create(seat=id)\n    return redirect("/")\n',
        after: null,
      },
    ],
  },
});

function checkView(definition: LeanNode, source: SourceText): RuleMatch | null {
  const body = definition.child('body');
  const [first, second] = (definition.child('parameters')?.children ?? []).map(
    (one) => one.text.split(':')[0],
  );
  if (body === null || (first !== 'request' && !(first === 'self' && second === 'request'))) return null;
  const around = definition.parent?.type === 'decorated_definition' ? definition.parent : definition;
  const head = source.text.slice(0, definition.start);
  if (/\batomic\b/.test(around.text) || /method_decorator\([^)]*atomic/.test(head)) return null;
  // Writes on the straight way of the function both happen; those in branches may shut each other out.
  const writes = body.children
    .filter((statement) => statement.type === 'expression_statement')
    .flatMap((statement) => listWithin(statement, 'call'))
    .filter((call) => WRITE.test(call.child('function')?.text ?? '') && !isNoWrite(call));
  const [earlier] = writes;
  const made = nameGiven(earlier)?.split(',')[0]?.trim() ?? null;
  const isSameRow = (call: LeanNode) =>
    receiverOf(call) === receiverOf(earlier) ||
    (made !== null && isOwnStep(receiverOf(call), made)) ||
    (made !== null && receiverOf(call) === made && setsConstants(body, made, call.start));
  const last = writes.find((call) => !isSameRow(call));
  if (earlier === undefined || last === undefined || endsWhenMade(earlier, last, body)) return null;
  return {
    startOffset: last.start,
    endOffset: last.end,
    message: `When this write fails, \`${earlier.child('function')?.text.split('\n')[0] ?? ''}\` has been done already.`,
    fix: null,
  };
}

/** `row.touched().save()`: what the row itself says is saved, and nothing that a user sent. */
function isOwnStep(receiver: string | null, row: string): boolean {
  return receiver?.startsWith(`${row}.`) === true && /^\w+\(\)$/.test(receiver.slice(row.length + 1));
}

/** Whether the second write is only done when the first, `row, created = X.objects.get_or_create()`, has found its row. */
function endsWhenMade(earlier: LeanNode, last: LeanNode, body: LeanNode): boolean {
  const made = /^[\w.]+\s*,\s*(\w+)$/.exec(nameGiven(earlier) ?? '')?.[1];
  return body.children.some(
    (one) =>
      one.type === 'if_statement' &&
      one.start > earlier.end &&
      one.end <= last.start &&
      one.child('condition')?.text === made &&
      one.child('consequence')?.children.at(-1)?.type === 'return_statement',
  );
}

/** The name that a write's row is given: `bundle` of `bundle = serializer.save()`. */
function nameGiven(call: LeanNode | undefined): string | null {
  const given = call?.parent;
  return given?.type === 'assignment' ? (given.child('left')?.text ?? null) : null;
}

/** Whether what a row is given until it is saved again, at `end`, is known beforehand, or says how far the work has come. */
function setsConstants(body: LeanNode, name: string, end: number): boolean {
  const given = listWithin(body, 'assignment').filter(
    (one) => one.end <= end && one.child('left')?.text.startsWith(`${name}.`) === true,
  );
  if (given.some((one) => PROGRESS.test(one.child('left')?.text ?? ''))) return true;
  return given.every((one) => /^("[^"]*"|'[^']*'|[\d.]+|[A-Z][\w.]*)$/.test(one.child('right')?.text ?? ''));
}

/** How far the work has come that a row keeps account of: such a row is saved first on purpose, and again at the end. */
const PROGRESS =
  /\.(status|state|progress|is_(done|finished|complete)|(completed|finished|ended|processed)(_at|_on)?)$/;

/** When a row was changed or looked at, and nothing else: `update(modified=now)`, `save(update_fields=["updated_at"])`. */
const TIME_ONLY =
  /^\(\s*((modified|updated|last_\w+|\w+_at)\s*=[^,=]*,?\s*)+\)$|^\(\s*update_fields\s*=\s*[[(]\s*(['"](modified|updated|last_\w+|\w+_at)['"]\s*,?\s*)+[\])]\s*,?\s*\)$/;

/** Caches, sessions, stores of files and what other services hold, which no transaction brings back. */
const NO_TABLE =
  /(^|\.)((\w+_)?(cache|storage|session)|caches\[[^\]]*\])$|^(self\.)?\w*client\.[\w.]+\(|\.(retrieve|blob|get_blob|Object)\(/;

/** `photo.image.delete(save=False)`, which no transaction brings back, and `form.save(commit=False)`, which writes nothing. */
function isNoWrite(call: LeanNode): boolean {
  if (NO_TABLE.test(receiverOf(call) ?? '')) return true;
  const given = call.child('arguments')?.text ?? '';
  return TIME_ONLY.test(given) || /\b(save|commit)\s*=\s*False/.test(given);
}

/** What is written to: saving one row twice leaves nothing half done. */
function receiverOf(call: LeanNode | undefined): string | null {
  return call?.child('function')?.text.replace(/\.\w+$/, '') ?? null;
}
