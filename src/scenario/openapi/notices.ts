import type { Notice } from '../../types.ts';
import { formatPlace, type Place } from './place.ts';

/** Notices that a document may raise before the rest is only counted. */
const MAX_NOTICES = 200;

/** Collects what could not be used, each thing once. */
export interface NoticeList {
  add(place: Place | string, message: string): void;
  list(): readonly Notice[];
}

/** Gives an empty list. */
export function createNotices(): NoticeList {
  const seen = new Set<string>();
  const notices: Notice[] = [];
  return {
    add(place, message) {
      const where = typeof place === 'string' ? place : formatPlace(place);
      const key = `${where}\n${message}`;
      if (seen.has(key)) return;
      seen.add(key);
      if (notices.length < MAX_NOTICES) notices.push({ where, message });
    },
    list() {
      const more = seen.size - notices.length;
      if (more === 0) return [...notices];
      return [...notices, { where: 'the document', message: `${more} more notices are left out here.` }];
    },
  };
}
