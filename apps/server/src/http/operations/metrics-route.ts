import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import type { Installation } from '../../installation.ts';
import type { Routes } from '../route.ts';

/** Prometheus text. For administrators and the admin key: figures tell much about an installation. */
export function addMetrics(app: FastifyInstance, routes: Routes, installation: Installation): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addRuntimeFigures(registry, installation);
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

function addRuntimeFigures(registry: Registry, { runtime }: Installation): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('perdure_partitions_owned', 'Partitions this process owns.', () => runtime.health().partitionsOwned);
  gauge('perdure_resident_instances', 'Instances this process holds in memory.', () => runtime.health().residentInstances);
  gauge('perdure_running_activities', 'Activities this process executes right now.', () => runtime.health().runningActivities);
  gauge('perdure_commit_queue', 'Turns that wait for a commit lane.', () => runtime.health().commitQueue);
  gauge('perdure_hot_store_available', '1 while the hot store answers.', () => (runtime.health().hotStore === 'unavailable' ? 0 : 1));
  let before: Record<string, number> = {};
  const counter = new Counter({
    name: 'perdure_runtime_total',
    help: 'Counters of the runtime, by name.',
    labelNames: ['counter'],
    registers: [registry],
    collect() {
      const { counters } = runtime.health();
      for (const [name, value] of Object.entries(counters)) this.inc({ counter: name }, Math.max(value - (before[name] ?? 0), 0));
      before = { ...counters };
    },
  });
  void counter;
}
