#!/usr/bin/env bash
# Builds and starts Darkroom in containers on this machine, and waits until it is ready. Does the same as deploy.ps1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'HELP'
deploy/deploy.sh [up] [--scale N] [--port P]   build; start N web containers (default 1) behind nginx on port P (default 80)
deploy/deploy.sh status | logs | down          list the containers; show their logs; stop them (the volume darkroom_data keeps the data)
HELP
}

fail() { echo "$1" >&2; exit 1; }

is_number() { [[ $1 =~ ^[1-9][0-9]*$ ]]; }

command=up
scale=1
while [[ $# -gt 0 ]]; do
  case $1 in
    up | status | logs | down) command=$1 ;;
    --scale) scale=${2:-}; is_number "$scale" || fail "--scale requires a number, for example --scale 2."; shift ;;
    --port) export HTTP_PORT=${2:-}; is_number "$HTTP_PORT" || fail "--port requires a number, for example --port 8080."; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; fail "Unknown option \"$1\"." ;;
  esac
  shift
done

docker compose version >/dev/null 2>&1 || fail "Docker with the Compose plugin is required: https://docs.docker.com/engine/install/. To run Darkroom without containers, use npm start."

case $command in
  status) exec docker compose ps ;;
  logs) exec docker compose logs --follow --tail 200 ;;
  down) exec docker compose down ;;
esac

# Not `up --build`: it would build the image once for web and once for worker.
docker compose build web
docker compose up --detach --scale "web=$scale"

address=$(docker compose port nginx 80 | sed 's/^0\.0\.0\.0:/localhost:/; s/^\[::\]:/localhost:/')
for ((seconds = 0; seconds < 120; seconds++)); do
  if docker compose exec -T nginx wget -q -O /dev/null http://127.0.0.1/api/health/ready 2>/dev/null; then
    echo "Darkroom is ready at http://$address with $scale web container(s)."
    token=$(docker compose logs --no-log-prefix worker | sed -n 's/.*\(\/setup?token=[A-Za-z0-9_-]*\).*/\1/p' | tail -n 1)
    if [[ -n $token ]]; then echo "If there is no administrator yet, create one at http://$address$token"; fi
    exit 0
  fi
  sleep 1
done
docker compose ps
fail "Darkroom was not ready within 120 s. To see why, run deploy/deploy.sh logs."
