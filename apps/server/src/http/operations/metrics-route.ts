import { Histogram } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import type { Figures } from '../../telemetry/figures.ts';
import type { Routes } from '../route.ts';

/** Prometheus text. For administrators and the admin key: figures tell much about an installation. */
export function addMetrics(app: FastifyInstance, routes: Routes, { registry }: Figures): void {
  const requests = new Histogram({
    name: 'perdure_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    requests.observe(
      { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
  routes.add({
    method: 'GET',
    url: '/metrics',
    access: 'admin',
    docs: { summary: 'Figures for Prometheus', answers: { 200: 'Text in the exposition format.' } },
    handler: async ({ reply }) => reply.type(registry.contentType).send(await registry.metrics()),
  });
}
