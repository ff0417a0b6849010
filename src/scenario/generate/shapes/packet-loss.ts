import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** Packet loss under load, since one call would seldom lose anything; 40 % of 10 s are the 4 s of its title. */
export default defineShape({
  id: 'packet_loss',
  title: '5% packet loss for 4s',
  description: 'Simulates flaky Wi-Fi or cellular interference.',
  timeoutMs: 500,
  faults: [{ type: 'packetloss', direction: 'egress', period: 'start:30%,duration:40%' }],
  strategy: loadOf(10_000, 2, 5),
  slos: usualSlos(),
  expects: { responseTimeUnderMs: 100 },
});
