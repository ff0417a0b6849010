/** Finds the file (for Go: the folder) that a module's name means in `from`; `null`: none of the workspace. */
export type FindModule = (from: string, module: string) => string | null;
