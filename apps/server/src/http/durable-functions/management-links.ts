import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '@perdure/graph';
import { findKey } from '../../auth/api-key.ts';

export const durableFunctionsRoot = '/runtime/webhooks/durabletask';

/**
 * The addresses Durable Functions' clients follow. They repeat the key only for a caller that sent it as `code`: others keep sending their header.
 */
function managementLinks(request: FastifyRequest, id: string) {
  const instance = `${originOf(request)}${durableFunctionsRoot}/instances/${encodeURIComponent(id)}`;
  const sent = findKey(request.headers, request.query);
  const code = sent?.place === 'query' ? `code=${encodeURIComponent(sent.key)}` : '';
  const plain = code === '' ? '' : `?${code}`;
  const withReason = `?reason={text}${code === '' ? '' : `&${code}`}`;
  return {
    id,
    statusQueryGetUri: `${instance}${plain}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}${plain}`,
    terminatePostUri: `${instance}/terminate${withReason}`,
    suspendPostUri: `${instance}/suspend${withReason}`,
    resumePostUri: `${instance}/resume${withReason}`,
    rewindPostUri: `${instance}/rewind${withReason}`,
    restartPostUri: `${instance}/restart${plain}`,
    purgeHistoryDeleteUri: `${instance}${plain}`,
  };
}

/** 202 with these as its body, or what is known: the caller asks again where `location` says. */
export function sendAccepted(request: FastifyRequest, reply: FastifyReply, id: string, body?: Json): FastifyReply {
  const links = managementLinks(request, id);
  return reply
    .code(202)
    .header('location', links.statusQueryGetUri)
    .header('retry-after', '10')
    .send(body ?? links);
}

/** As the caller reached us; behind a trusted proxy, as it reached the proxy. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}
