import { expect, test } from 'vitest';
import { readFaults } from '../../src/proxy/fault-list.ts';
import { readFault } from '../../src/proxy/fault-schema.ts';
import { parseFaultText } from '../../src/proxy/fault-text.ts';
import { FAULTS } from '../../src/proxy/faults/index.ts';

test.each([
  ['blackhole', { type: 'blackhole' }],
  ['latency:mean=300,stddev=50', { type: 'latency', mean: 300, stddev: 50 }],
  ['latency:80ms', { type: 'latency', mean: 80 }],
  ['latency:1.5s,stddev=20ms', { type: 'latency', mean: 1_500, stddev: 20 }],
  ['httperror:503,probability=20%', { type: 'httperror', status_code: 503, probability: 0.2 }],
  [
    'httperror:503,body=1s,headers.Retry-After=2',
    { type: 'httperror', status_code: 503, body: '1s', headers: { 'Retry-After': '2' } },
  ],
  [
    'latency:mean=100,period=start:10%,duration:5s',
    { type: 'latency', mean: 100, period: 'start:10%,duration:5s' },
  ],
  [
    'latency:5ms,only.methods=POST,only.path=/orders/**',
    { type: 'latency', mean: 5, only: { methods: 'POST', path: '/orders/**' } },
  ],
  [
    'latency:5ms,only={"methods":["POST","PUT"]}',
    { type: 'latency', mean: 5, only: { methods: ['POST', 'PUT'] } },
  ],
  ['latency:global=false', { type: 'latency', global: false }],
  [
    'bandwidth:64KBps,per_connection=true',
    { type: 'bandwidth', rate: 64, unit: 'KBps', per_connection: true },
  ],
  ['packetloss:5%', { type: 'packetloss', rate: 0.05 }],
  ['slow-body:16', { type: 'slow_body', chunk_bytes: 16 }],
  ['dns:timeout', { type: 'dns', failure: 'timeout' }],
  [
    'fail_first:2,fault=httperror:503',
    { type: 'fail_first', count: 2, fault: { type: 'httperror', status_code: 503 } },
  ],
  ['{"type":"jitter","amplitude":80}', { type: 'jitter', amplitude: 80 }],
])('%s is a fault', (text, fault) => {
  expect(parseFaultText(text)).toEqual(fault);
});

test('a main key is one of the keys of its fault', () => {
  for (const { type, mainKey, keys } of FAULTS) {
    if (mainKey !== null) expect(Object.keys(keys), type).toContain(mainKey);
  }
});

test.each([
  ['{"type"', 'Expected JSON, got'],
  ['refuse:now', 'Fault "refuse:now": refuse has no main value, got "now".'],
  ['latency:5ms,10', 'faults.0.mean: Expected number, got "5ms,10".'],
  ['latency:soon', 'faults.0.mean: Expected number, got "soon".'],
  ['latensy:5ms', 'faults.0.type: Unknown fault type "latensy"; the nearest known one is "latency".'],
  ['latency:maen=5', 'faults.0.maen: Unknown key "maen" of latency; the nearest known one is "mean".'],
])('%s is refused with what was seen', (text, message) => {
  expect(() => readFaults([parseFaultText(text)])).toThrow(message);
});

test('everything that does not fit is named by its place in the list', () => {
  const raws = [
    { type: 'bandwidth', rate: -1 },
    { type: 'refuse' },
    { type: 'latency', probability: 2, period: 'start:10%,duration:x' },
  ];
  expect(() => readFaults(raws)).toThrow(
    /^faults\.0\.rate: .*>0\. faults\.2\.probability: .*<=1\. faults\.2\.period: .*"x"/,
  );
  expect(readFaults([{ type: 'refuse' }])).toEqual([readFault({ type: 'refuse' })]);
});
