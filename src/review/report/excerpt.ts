/** A part of an earlier report, and how to say that it is one. */
export interface Excerpt {
  readonly text: string;
  /** ` (the first 4,000 of 28,634 characters)`; empty: it is whole. */
  readonly cut: string;
}

const CONTENTS = /^## Table of Contents[ \t]*\r?\n(?:(?!#).*\r?\n)*/im;

/** Gives the beginning of an earlier report, in whole lines and without its table of contents. */
export function excerptReport(report: string, limit: number): Excerpt {
  const text = report.replace(CONTENTS, '');
  if (text.length <= limit) return { text, cut: '' };
  const part = text.slice(0, limit + 1);
  const kept = part.includes('\n') ? part.slice(0, part.lastIndexOf('\n')) : part.slice(0, limit);
  const show = (count: number) => count.toLocaleString('en-US');
  return { text: kept, cut: ` (the first ${show(kept.length)} of ${show(text.length)} characters)` };
}
