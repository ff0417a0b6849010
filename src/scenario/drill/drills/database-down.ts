import { stopCommands, takeAway } from '../break-dependency.ts';
import { defineDrill } from '../drill.ts';

/** The database is gone: connections are refused and open ones reset, or the user's own command stops it. */
export default defineDrill({
  kind: 'database_down',
  title: 'Database Connection Failure',
  failureType: 'database',
  breaks: 'dependency',
  protocols: ['psql', 'psqls'],
  isMomentary: false,
  params: stopCommands,
  begin: takeAway,
});
