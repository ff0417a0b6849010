const FLUSH_EVERY_MS = 5_000;

/** Drafts are acknowledged at once and stored later, all together. */
export function createDrafts(database) {
  let waiting = new Map();
  setInterval(async () => {
    const batch = waiting;
    waiting = new Map();
    for (const draft of batch.values())
      await database.insertDraft(draft).catch((error) => console.error(`drafts: ${error.message}`));
  }, FLUSH_EVERY_MS).unref();
  return {
    keep(draft) {
      waiting.set(draft.id, draft);
      return draft;
    },
    async find(id) {
      return waiting.get(id) ?? (await database.findDraft(id));
    },
  };
}
