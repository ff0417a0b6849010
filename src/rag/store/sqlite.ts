import sqlite from 'node-sqlite3-wasm';

/** SQLite, compiled to WebAssembly. The library is CommonJS: its names stand on its default export only. */
export const { Database } = sqlite;
/** An open database. */
export type Database = InstanceType<typeof Database>;
/** A prepared statement. */
export type Statement = ReturnType<Database['prepare']>;
