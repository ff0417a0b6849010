import { stopCommands, takeAway } from '../break-dependency.ts';
import { defineDrill } from '../drill.ts';

/** The cache is gone: connections are refused and open ones reset, or the user's own command stops it. */
export default defineDrill({
  kind: 'cache_down',
  title: 'Cache Failure',
  failureType: 'cache',
  breaks: 'dependency',
  protocols: ['redis'],
  isMomentary: false,
  params: stopCommands,
  begin: takeAway,
});
