<#
.SYNOPSIS
Builds and starts Darkroom in containers on this machine, and waits until it is ready. Does the same as deploy.sh.
.EXAMPLE
deploy\deploy.ps1 -Scale 2 -Port 8080
.EXAMPLE
deploy\deploy.ps1 logs
#>
param(
  [ValidateSet('up', 'status', 'logs', 'down')] [string] $Command = 'up',
  [ValidateRange(1, 64)] [int] $Scale = 1,
  [ValidateRange(0, 65535)] [int] $Port = 0
)
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
if ($Port -ne 0) { $env:HTTP_PORT = "$Port" }

function Invoke-Compose {
  & docker compose @args
  if ($LASTEXITCODE -ne 0) { throw "docker compose $($args -join ' ') failed with exit code $LASTEXITCODE." }
}

if (-not (Get-Command docker -ErrorAction SilentlyContinue)) {
  throw 'Docker with the Compose plugin is required: https://docs.docker.com/desktop/. To run Darkroom without containers, use npm start.'
}

switch ($Command) {
  'status' { Invoke-Compose ps; exit 0 }
  'logs' { Invoke-Compose logs --follow --tail 200; exit 0 }
  'down' { Invoke-Compose down; exit 0 }
}

# Not `up --build`: it would build the image once for web and once for worker.
Invoke-Compose build web
Invoke-Compose up --detach --scale "web=$Scale"

$address = ((Invoke-Compose port nginx 80) | Select-Object -First 1) -replace '^(0\.0\.0\.0|\[::\]):', 'localhost:'
foreach ($second in 1..120) {
  $isReady = $false
  try { $isReady = (Invoke-WebRequest -UseBasicParsing -TimeoutSec 2 "http://$address/api/health/ready").StatusCode -eq 200 } catch { $isReady = $false }
  if ($isReady) {
    Write-Output "Darkroom is ready at http://$address with $Scale web container(s)."
    $token = (Invoke-Compose logs --no-log-prefix worker) | Select-String -Pattern '/setup\?token=[A-Za-z0-9_-]+' | Select-Object -Last 1
    if ($token) { Write-Output "If there is no administrator yet, create one at http://$address$($token.Matches[0].Value)" }
    exit 0
  }
  Start-Sleep -Seconds 1
}
throw 'Darkroom was not ready within 120 s. To see why, run deploy\deploy.ps1 logs.'
