#!/usr/bin/env node
// The command `breakwater-mcp`. Where commands are started by a script that names the file (npm on Windows, pnpm, yarn)
// only the name of the file tells that the server is meant.
import '../cli.ts';
