import { z } from 'zod';
import { command } from '../../../config-values.ts';
import { takeAway } from '../break-dependency.ts';
import { defineDrill } from '../drill.ts';

/** The database is gone: connections are refused and open ones reset, or the user's own command stops it. */
export default defineDrill({
  kind: 'database_down',
  title: 'Database Connection Failure',
  failureType: 'database',
  breaks: 'dependency',
  protocols: ['psql', 'psqls'],
  isMomentary: false,
  params: z.strictObject({ stop: command.optional(), start: command.optional() }),
  begin: takeAway,
});
