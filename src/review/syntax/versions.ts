type Release = readonly [major: number, minor: number];

/**
 * Whether a version or a range of npm or Python gets only releases before `first` (major, minor), when the newest that
 * it allows is taken. Unknown and unread ones (`null`, `*`, `latest`, `>=2`) get the newest, and so do not.
 */
export function staysBefore(version: string | null, first: Release): boolean {
  return (version ?? '').split('||').every((range) => isBefore(range.trim(), first));
}

function isBefore(range: string, first: Release): boolean {
  const upper = /<(=?)\s*v?(\d+)(?:\.(\d+))?/.exec(range);
  if (upper !== null) {
    const last: Release = [Number(upper[2]), Number(upper[3] ?? 0)];
    return upper[1] === '=' ? compare(last, first) < 0 : compare(last, first) <= 0;
  }
  const stated = /^(\^|~=|~|=*)\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(range);
  if (stated === null) return false;
  const [, sign, major, minor, patch] = stated;
  const minorIsOpen = sign === '^' || minor === undefined || (sign === '~=' && patch === undefined);
  return minorIsOpen ? Number(major) < first[0] : compare([Number(major), Number(minor)], first) < 0;
}

function compare(a: Release, b: Release): number {
  return a[0] === b[0] ? a[1] - b[1] : a[0] - b[0];
}
