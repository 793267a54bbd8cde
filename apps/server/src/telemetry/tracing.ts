/**
 * OpenTelemetry traces: request → turn → activity.
 *
 * A span's parent is always named by a text that came with the work (a header, the history, a job), never taken from the surroundings: work goes
 * through commits, messages and restarts, which no asynchronous context survives. Spans are of what the sampler wants only; the context is
 * passed on in any case, so that whoever is called can decide by it.
 */
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import type { RuntimeObserver } from '@perdure/runtime';
import { formatTraceParent, parseTraceParent } from './trace-context.ts';

export interface RequestSpan {
  readonly traceParent: string;
  end(status: number): void;
}

export interface Tracing {
  readonly observer: Required<Pick<RuntimeObserver, 'turn' | 'activity'>>;
  /** A request came in, with what its `traceparent` header says. */
  request(method: string, route: string, header: string | undefined): RequestSpan;
  /** Sends what has been collected. */
  close(): Promise<void>;
}

/** @param heedsParents the sampler wants no span below one that was not sampled: then nothing is made for such work */
export function createTracing(
  provider: TracerProvider & { shutdown(): Promise<void> },
  { version, heedsParents }: { version: string; heedsParents: boolean },
): Tracing {
  const tracer = provider.getTracer('perdure', version);
  const isSkipped = (traceParent: string): boolean => heedsParents && '02468ace'.includes(traceParent.at(-1) ?? '');
  return {
    observer: {
      turn({ instanceId, executionId, workflow, version: workflowVersion, traceParent, causes, startedAt, firstSeq, lastSeq, commands }) {
        if (isSkipped(traceParent)) return null;
        const span = startSpan(tracer, `turn ${workflow}`, SpanKind.INTERNAL, traceParent, {
          startTime: startedAt,
          causes,
          attributes: {
            'perdure.instance.id': instanceId,
            'perdure.execution.id': executionId,
            'perdure.workflow': workflow,
            'perdure.workflow.version': workflowVersion,
            'perdure.seq.first': firstSeq,
            'perdure.seq.last': lastSeq,
            'perdure.commands': commands.slice(0, 20),
          },
        });
        return {
          traceParent: formatTraceParent(span.spanContext()),
          end(stored) {
            if (!stored) span.setStatus({ code: SpanStatusCode.ERROR, message: 'The turn was not stored.' });
            span.end();
          },
        };
      },
      activity(job) {
        if (job.traceParent === undefined || isSkipped(job.traceParent)) return null;
        const span = startSpan(tracer, `activity ${job.activity}`, SpanKind.CLIENT, job.traceParent, {
          attributes: {
            'perdure.instance.id': job.instanceId,
            'perdure.execution.id': job.executionId,
            'perdure.node': job.node,
            'perdure.step': job.step,
            'perdure.attempt': job.attempt,
          },
        });
        return {
          traceParent: formatTraceParent(span.spanContext()),
          end(result) {
            // The code is the workflow's vocabulary; messages may hold what should not leave.
            if (!result.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: result.failure.code });
            span.end();
          },
        };
      },
    },
    request(method, route, header) {
      const span = startSpan(tracer, `${method} ${route}`, SpanKind.SERVER, header, {
        attributes: { 'http.request.method': method, 'http.route': route },
      });
      return {
        traceParent: formatTraceParent(span.spanContext()),
        end(status) {
          span.setAttribute('http.response.status_code', status);
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    close: () => provider.shutdown(),
  };
}

interface SpanStart {
  readonly attributes: Attributes;
  readonly startTime?: number;
  readonly causes?: readonly string[];
}

/** A parent that cannot be read is as good as none. */
function startSpan(
  tracer: Tracer,
  name: string,
  kind: SpanKind,
  traceParent: string | undefined,
  { causes = [], ...start }: SpanStart,
): Span {
  const parent = parseTraceParent(traceParent);
  const links = causes.flatMap((cause) => {
    const context = parseTraceParent(cause);
    return context === undefined ? [] : [{ context }];
  });
  return tracer.startSpan(
    name,
    { kind, ...start, links },
    parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }),
  );
}
