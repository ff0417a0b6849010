import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { defineDrill } from '../drill.ts';

/** All processes of the service are killed, and it is started again at once by its command. */
export default defineDrill({
  kind: 'application_crash',
  title: 'Application Crash',
  failureType: 'application_crash',
  breaks: 'service',
  protocols: [],
  isMomentary: true,
  params: z.strictObject({}),
  async begin(_params, { service }) {
    const before = await service.listPids();
    if (before.length === 0) {
      throw new AppError('SERVICE_NOT_READY', 'The service has no process that could be ended.');
    }
    await service.crash();
    const left = (await service.listPids()).filter((pid) => before.includes(pid)).length;
    await service.start();
    return {
      broke: 'all processes of the service ended by SIGKILL, and its command started again',
      end: async () => undefined,
      evidence: async () => ({
        value: left === 0,
        evidence: `${before.length - left} of its ${before.length} processes ended`,
      }),
    };
  },
});
