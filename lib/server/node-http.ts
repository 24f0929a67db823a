/**
 * Node's HTTP module without an import of its values: a static import reads all its exports, among them WebSocket, for
 * which Node loads undici. That takes 6 MB and 70 ms of processor time in every process (Node 24.21, 2026-11-30).
 */
export const { Agent, createServer, request, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')
