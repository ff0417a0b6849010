import { defineRule } from '../rule.ts';
import { findJsRetryLoops } from '../syntax/js-retry-loop.ts';
import { findPythonRetryLoops } from '../syntax/python-retry-loop.ts';

export default defineRule({
  id: 'retry-without-bound',
  languages: ['javascript', 'typescript', 'tsx', 'python'],
  title: 'Retry without end',
  summary:
    'A loop repeats a failing call for ever: it hides the failure and multiplies the load on who fails.',
  severity: 'critical',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: {
    retry_multiplication: 0.95,
    hang_on_error: 0.95,
    hang: 0.7,
    slow_beyond_fault: 0.6,
    slow_recovery: 0.6,
  },
  advice: {
    libraryDefault:
      'A loop written by hand has the bound that its author gave it; this one has none. Established clients stop early: 3 attempts in AWS SDKs ("standard" mode).',
    source:
      'AWS SDKs and Tools Reference Guide, "Retry behavior"; Google SRE Book, chapter 22 "Addressing Cascading Failures"',
    howItMaterializes:
      'While the dependency fails, each request stays in the loop; every new request joins it, and all of them call the dependency again and again.',
    downstreamImpact:
      'The dependency gets a multiple of its usual load just when it is weakest, and stays down; callers see no error, only silence.',
    discussion:
      'Three attempts recover from a lost packet or a restart; more only add load. The pause grows with each attempt; jitter would spread many clients further. The last error goes to the caller, who can answer 503 or 504.',
    infrastructurePattern:
      'A retry budget in the service mesh (Envoy `retry_budget`, Linkerd retry budgets) and a circuit breaker cap what retries may add.',
    benefit:
      'A failing dependency gives a clear error after a bounded time, and at most three times the load.',
    risks: 'Failures that used to heal after a long wait become visible to callers.',
    monitoring:
      'Attempts per request at the dependency, share of requests that needed a retry, errors after the last attempt.',
  },
  check: ({ source }) =>
    source.language === 'python' ? findPythonRetryLoops(source) : findJsRetryLoops(source),
  examples: {
    valid: [
      'async function a() { for (let i = 0; i < 3; i += 1) { try { return await call(); } catch (error) { await sleep(100); } } }',
      'async function a() { while (true) { try { return await call(); } catch (error) { if (n++ > 3) throw error; await sleep(100); } } }',
      'async function work() { while (true) { try { await handle(await queue.take()); } catch (error) { log(error); } } }',
      'async function a() { while (true) { const line = await read(); if (line === null) return; use(line); } }',
      'async function a() { while (true) { if (Date.now() > deadline) throw new Error("late"); try { return await call(); } catch { await sleep(100); } } }',
      'async function a(signal) { while (true) { signal.throwIfAborted(); try { return await call(); } catch { await sleep(100); } } }',
      'function a() { while (true) { try { return JSON.parse(next()); } catch { skip(); } } }',
      {
        language: 'python',
        code: 'def a():\n    for attempt in range(3):\n        try:\n            return call()\n        except OSError:\n            time.sleep(1)\n',
      },
      'async function send() { while (true) { await condition(() => queue.length > 0); try { await mail(queue.shift()); } catch (error) { log(error); } if (sent >= 30) return next(); } }',
      {
        language: 'python',
        code: 'def ready():\n    while True:\n        try:\n            client.connect()\n            break\n        except OSError:\n            pass\n        if time.monotonic() - start > LIMIT:\n            break\n        time.sleep(5)\n',
      },
      {
        language: 'python',
        code: 'def drain():\n    while True:\n        page = client.rerank(token)\n        try:\n            rows.extend(page.get("rows", []))\n        except TypeError as error:\n            log(error)\n        token = page.get("next")\n        if not token:\n            break\n',
      },
      {
        language: 'python',
        code: 'def work():\n    while True:\n        try:\n            handle(queue.get())\n        except Exception:\n            log.exception("failed")\n',
      },
      {
        language: 'python',
        code: 'def ask():\n    while True:\n        try:\n            return int(input("number: "))\n        except ValueError:\n            print("again")\n',
      },
      'async function subscribe() { while (true) { try { return await bus.subscribe(topic); } catch (error) { log(error); await sleep(1000); } } }',
      'const keepUp = async () => { for (;;) { try { await channel.open(); return; } catch { await delay(5000); } } };',
      {
        language: 'python',
        code: 'def supervise():\n    while True:\n        try:\n            return client.post("/run")\n        except OSError:\n            time.sleep(5)\n',
      },
      {
        language: 'python',
        code: 'async def ensure_database():\n    while True:\n        try:\n            await database.connect()\n            break\n        except OSError:\n            await asyncio.sleep(2)\n',
      },
      'async function share() { while (true) { try { await post(note); } catch (error) { if (error.code === 404 && !synced) { await sync(); continue; } alert(error); } break; } }',
      {
        language: 'python',
        code: 'def run(self):\n    while True:\n        try:\n            self.q_out.get(timeout=3)\n            break\n        except queue.Empty:\n            record.updated_at = now()\n',
      },
      {
        language: 'python',
        code: 'def catch_up(self):\n    while True:\n        before = self.newest\n        try:\n            client.send(before)\n        except OSError:\n            log()\n        if self.newest == before:\n            break\n',
      },
      {
        language: 'python',
        code: 'def stream(frames):\n    while True:\n        try:\n            frame = frames.get(timeout=5)\n        except queue.Empty:\n            yield "keep"\n            continue\n        if frame.last:\n            return\n',
      },
      {
        language: 'python',
        code: 'async def stream(queue):\n    while True:\n        try:\n            item = await asyncio.wait_for(queue.get(), timeout=PAUSE)\n        except asyncio.TimeoutError:\n            yield KEEP\n            continue\n        if item is None:\n            break\n        yield item\n',
      },
      {
        language: 'python',
        code: 'def log_in(client):\n    tries = 0\n    while True:\n        try:\n            client.connect(ask())\n            break\n        except PermissionError:\n            if tries == 3:\n                sys.exit(1)\n            tries += 1\n',
      },
      {
        language: 'python',
        code: 'def share():\n    while True:\n        try:\n            client.post("/a")\n        except OSError:\n            log()\n        break\n',
      },
    ],
    invalid: [
      {
        language: 'python',
        before:
          'async def read(client):\n    while True:\n        try:\n            return await asyncio.wait_for(client.get("/a"), 5)\n        except asyncio.TimeoutError:\n            log()\n',
        after:
          'async def read(client):\n    attempt = 0\n    while True:\n        attempt += 1\n        try:\n            return await asyncio.wait_for(client.get("/a"), 5)\n        except asyncio.TimeoutError:\n            if attempt >= 3:\n                raise\n            log()\n',
      },
      {
        before:
          'async function charge(order) {\n  while (true) {\n    try {\n      return await post(order);\n    } catch (error) {\n      log(error);\n      await sleep(PAUSE_MS);\n    }\n  }\n}\n',
        after:
          'async function charge(order) {\n  for (let attempt = 1; ; attempt += 1) {\n    try {\n      return await post(order);\n    } catch (error) {\n      if (attempt >= 3) throw error;\n      log(error);\n      await sleep(PAUSE_MS * attempt);\n    }\n  }\n}\n',
      },
      {
        before:
          'async function a() {\n  for (;;) {\n    try {\n      const r = await fetch(u, { signal });\n      if (r.ok) return r;\n    } catch {}\n  }\n}\n',
        after:
          'async function a() {\n  for (let attempt = 1; ; attempt += 1) {\n    try {\n      const r = await fetch(u, { signal });\n      if (r.ok) return r;\n    } catch (error) {\n      if (attempt >= 3) throw error;\n      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));\n    }\n  }\n}\n',
      },
      {
        before:
          'async function a(): Promise<Row> {\n  let row;\n  while (1) {\n    try {\n      row = await db.get(1);\n      break;\n    } catch (cause: unknown) {\n      await new Promise((done) => setTimeout(done, 50));\n    }\n  }\n  return row;\n}\n',
        after:
          'async function a(): Promise<Row> {\n  let row;\n  for (let attempt = 1; ; attempt += 1) {\n    try {\n      row = await db.get(1);\n      break;\n    } catch (cause: unknown) {\n      if (attempt >= 3) throw cause;\n      await new Promise((done) => setTimeout(done, 50 * attempt));\n    }\n  }\n  return row;\n}\n',
        language: 'typescript',
      },
      {
        language: 'python',
        before:
          'import time, requests\n\ndef read():\n    while True:\n        try:\n            return requests.get("http://a", timeout=5)\n        except requests.RequestException:\n            time.sleep(0.5)\n',
        after:
          'import time, requests\n\ndef read():\n    attempt = 0\n    while True:\n        attempt += 1\n        try:\n            return requests.get("http://a", timeout=5)\n        except requests.RequestException:\n            if attempt >= 3:\n                raise\n            time.sleep(0.5 * attempt)\n',
      },
      {
        before:
          'async function subscribe() {\n  while (true) {\n    try {\n      return await bus.subscribe(topic);\n    } catch (error) {\n      log(error);\n    }\n  }\n}\n',
        after:
          'async function subscribe() {\n  for (let attempt = 1; ; attempt += 1) {\n    try {\n      return await bus.subscribe(topic);\n    } catch (error) {\n      if (attempt >= 3) throw error;\n      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));\n      log(error);\n    }\n  }\n}\n',
      },
      {
        language: 'python',
        before:
          'async def read(client):\n    while True:\n        try:\n            return await client.get("/a")\n        except Exception as error:\n            log(error)\n            await asyncio.sleep(1)\n',
        after:
          'async def read(client):\n    attempt = 0\n    while True:\n        attempt += 1\n        try:\n            return await client.get("/a")\n        except Exception as error:\n            if attempt >= 3:\n                raise\n            log(error)\n            await asyncio.sleep(1 * attempt)\n',
      },
    ],
  },
});
