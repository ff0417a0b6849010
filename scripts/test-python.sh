#!/bin/sh
# Makes a Python environment with FastAPI, SQLAlchemy, uvicorn and psycopg in FOLDER and prints its interpreter.
# usage: BREAKWATER_TEST_PYTHON=$(scripts/test-python.sh FOLDER) npm test
set -eu

folder=${1:?usage: $0 FOLDER}
python=${PYTHON:-python3}
needed='import fastapi, psycopg, sqlalchemy, uvicorn'
requirements=$(cd "$(dirname "$0")/.." && pwd)/examples/users-fastapi/requirements.txt

if ! "$folder/bin/python" -c "$needed" 2>/dev/null; then
  "$python" -m venv "$folder" >&2
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" "psycopg[binary]>=3.1" >&2
fi
"$folder/bin/python" -c "$needed"
echo "$(cd "$folder" && pwd)/bin/python"
