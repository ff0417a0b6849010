import { describe, expect, test } from 'vitest';
import { indexFiles, type SourceFiles } from './helpers/routes-of.ts';

/** Routes whose handlers reach the line of `file` that begins with `start`. */
async function routesTo(file: string, start: string, files: SourceFiles): Promise<string[]> {
  const index = await indexFiles(files);
  const line = (files[file] ?? '').split('\n').findIndex((text) => text.startsWith(start)) + 1;
  const routes = index.findReachingRoutes({ file, startLine: line, endLine: line }, 8);
  return routes.map(({ method, path }) => `${method} ${path}`).sort();
}

describe('a client that a variable at the top level holds is reached by the operations that use it', () => {
  const db = `const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL });

module.exports = { query: (text) => pool.query(text), pool };
`;
  const app = `const express = require('express');
const db = require('./db');

const app = express();
app.get('/health', (req, res) => res.json({}));
app.get('/products', async (req, res) => res.json(await db.query('SELECT 1')));
app.post('/orders', async (req, res) => {
  const client = await db.pool.connect();
  res.json(await client.query('SELECT 2'));
});
app.listen(3000);
`;
  const files = {
    'package.json': '{"dependencies":{"express":"4","pg":"8"}}',
    'db.js': db,
    'app.js': app,
  };

  test('by a function around it, and as what a module hands out', async () => {
    expect(await routesTo('db.js', 'const pool', files)).toEqual(['GET /products', 'POST /orders']);
  });

  test('and not what is no client, although handlers stand on it', async () => {
    expect(await routesTo('app.js', 'const app', files)).toEqual([]);
  });

  test('in Python, through the session that a handler depends on', async () => {
    const python = `from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine("postgresql://db/shop")
SessionLocal = sessionmaker(bind=engine)
app = FastAPI()

def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()

@app.get("/users")
def users(db=Depends(get_db)):
    return db.query(User).all()

@app.get("/health")
def health():
    return {}
`;
    const found = await routesTo('app.py', 'engine', {
      'requirements.txt': 'fastapi\nsqlalchemy\n',
      'app.py': python,
    });
    expect(found).toEqual(['GET /users']);
  });
});
