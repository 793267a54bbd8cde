/**
 * Traces by OTLP over HTTP, told by the environment variables of the OpenTelemetry standard. Off, and none of its modules loaded, unless
 * `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set. The exporter reads the `OTEL_EXPORTER_OTLP_…` ones by itself.
 */
import type * as Sdk from '@opentelemetry/sdk-trace';
import { createTracing, type Tracing } from './tracing.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Null when traces are not wanted. Throws, in words for the operator, when a variable makes no sense. */
export async function startOtlpTracing(env: Environment, version: string): Promise<Tracing | null> {
  if (!isWanted(env)) return null;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/protobuf';
  if (protocol !== 'http/protobuf')
    throw new Error(`OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: Perdure sends traces by http/protobuf only (port 4318 of a collector).`);
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/resources'),
  ]);
  const resource = resources
    .resourceFromAttributes({ 'service.name': 'perdure', 'service.version': version })
    .merge(resources.detectResources({ detectors: [resources.hostDetector, resources.serviceInstanceIdDetector, resources.envDetector] }));
  const provider = new sdk.TracerProvider({
    resource,
    sampler: samplerOf(env, sdk),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: numberOf(env, 'OTEL_BSP_SCHEDULE_DELAY', 5_000),
        maxQueueSize: numberOf(env, 'OTEL_BSP_MAX_QUEUE_SIZE', 8_192),
        maxExportBatchSize: numberOf(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
      }),
    ],
  });
  return createTracing(provider, { version, heedsParents: samplerName(env).startsWith('parentbased_') });
}

function isWanted(env: Environment): boolean {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return Boolean(endpoint) && env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true' && (env['OTEL_TRACES_EXPORTER'] || 'otlp') === 'otlp';
}

function samplerOf(env: Environment, sdk: typeof Sdk): Sdk.Sampler {
  const name = samplerName(env);
  const roots: Readonly<Record<string, () => Sdk.Sampler>> = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(numberOf(env, 'OTEL_TRACES_SAMPLER_ARG', 1)),
  };
  const root = roots[name.replace(/^parentbased_/, '')];
  if (root === undefined) throw new Error(`OTEL_TRACES_SAMPLER is ${name}, which is none of the standard's samplers.`);
  return name.startsWith('parentbased_') ? new sdk.ParentBasedSampler({ root: root() }) : root();
}

function samplerName(env: Environment): string {
  return env['OTEL_TRACES_SAMPLER'] || 'parentbased_always_on';
}

function numberOf(env: Environment, name: string, fallback: number): number {
  const text = env[name]?.trim();
  if (!text) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is ${text}: give a number.`);
  return value;
}
