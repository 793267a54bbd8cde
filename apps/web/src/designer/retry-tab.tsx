import { NumberInput, Switch, TextInput } from '@mantine/core';
import type { GraphNode, NodeType, RetryPolicy } from '@perdure/graph';
import { useState } from 'react';
import { useFieldProblem } from './inspector-context.ts';
import { RetryRuler } from './retry-ruler.tsx';

const plainPolicy: RetryPolicy = { firstRetryInterval: '2s', maxNumberOfAttempts: 3, backoffCoefficient: 2, maxRetryInterval: '1m' };

export function RetryTab({
  node,
  type,
  change,
}: {
  node: GraphNode;
  type: NodeType;
  change(edit: (node: GraphNode) => GraphNode, field: string): void;
}) {
  const { retry } = node;
  const put = (next: Partial<RetryPolicy>, field: keyof RetryPolicy): void =>
    change((before) => ({ ...before, retry: clean({ ...(before.retry ?? plainPolicy), ...next }) }), `retry.${field}`);
  return (
    <div className="ds-fields">
      <div className="ds-field full">
        <Switch
          size="xs"
          withThumbIndicator={false}
          label="Retry when it fails"
          checked={retry !== undefined}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            change((before) => {
              const { retry: _before, ...rest } = before;
              return on ? { ...rest, retry: type.retry ?? plainPolicy } : rest;
            }, 'retry');
          }}
        />
      </div>
      {retry ? <PolicyFields retry={retry} put={put} /> : null}
      <div className="ds-field full">
        <TimeoutInput node={node} type={type} change={change} />
      </div>
    </div>
  );
}

function PolicyFields({ retry, put }: { retry: RetryPolicy; put(next: Partial<RetryPolicy>, field: keyof RetryPolicy): void }) {
  return (
    <>
      <div className="ds-field full">
        <RetryRuler retry={retry} />
      </div>
      <div className="ds-field half">
        <NumberInput
          size="sm"
          label="Attempts in all"
          min={1}
          max={1000}
          allowDecimal={false}
          hideControls
          value={retry.maxNumberOfAttempts}
          error={useProblem('maxNumberOfAttempts')}
          onChange={(value) => typeof value === 'number' && put({ maxNumberOfAttempts: value }, 'maxNumberOfAttempts')}
        />
      </div>
      <div className="ds-field half">
        <TextInput
          size="sm"
          label="First wait"
          placeholder="2s"
          value={retry.firstRetryInterval}
          error={useProblem('firstRetryInterval')}
          onChange={(event) => put({ firstRetryInterval: event.currentTarget.value }, 'firstRetryInterval')}
        />
      </div>
      <div className="ds-field half">
        <NumberInput
          size="sm"
          label="Each wait times"
          min={1}
          max={100}
          decimalScale={2}
          hideControls
          value={retry.backoffCoefficient ?? 1}
          error={useProblem('backoffCoefficient')}
          onChange={(value) => typeof value === 'number' && put({ backoffCoefficient: value }, 'backoffCoefficient')}
        />
      </div>
      <div className="ds-field half">
        <TextInput
          size="sm"
          label="Longest wait"
          placeholder="No limit"
          value={retry.maxRetryInterval ?? ''}
          error={useProblem('maxRetryInterval')}
          onChange={(event) => put({ maxRetryInterval: event.currentTarget.value }, 'maxRetryInterval')}
        />
      </div>
      <div className="ds-field full">
        <TextInput
          size="sm"
          label="No new attempt after"
          description="Counted from the first attempt."
          placeholder="No limit"
          value={retry.retryTimeout ?? ''}
          error={useProblem('retryTimeout')}
          onChange={(event) => put({ retryTimeout: event.currentTarget.value }, 'retryTimeout')}
        />
      </div>
      <div className="ds-field full">
        <CodesInput
          codes={retry.nonRetryableErrors ?? []}
          onChange={(nonRetryableErrors) => put({ nonRetryableErrors }, 'nonRetryableErrors')}
        />
      </div>
    </>
  );
}

function useProblem(field: keyof RetryPolicy): string | undefined {
  return useFieldProblem(`retry.${field}`);
}

function TimeoutInput({
  node,
  type,
  change,
}: {
  node: GraphNode;
  type: NodeType;
  change(edit: (node: GraphNode) => GraphNode, field: string): void;
}) {
  return (
    <TextInput
      size="sm"
      label="Give up after"
      description="How long one attempt may take."
      placeholder={type.timeout ?? 'No limit'}
      value={node.timeout ?? ''}
      error={useFieldProblem('timeout')}
      onChange={(event) => {
        const text = event.currentTarget.value;
        change((before) => {
          const { timeout: _before, ...rest } = before;
          return text === '' ? rest : { ...rest, timeout: text };
        }, 'timeout');
      }}
    />
  );
}

function CodesInput({ codes, onChange }: { codes: readonly string[]; onChange(codes: string[]): void }) {
  const [text, setText] = useState(codes.join(', '));
  return (
    <TextInput
      size="sm"
      label="Never retry"
      description="Error codes, separated by commas."
      placeholder="HttpStatus.404, Declined"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(
          event.currentTarget.value
            .split(',')
            .map((code) => code.trim())
            .filter(Boolean),
        );
      }}
    />
  );
}

/** Without the optional parts that are empty. */
function clean(retry: RetryPolicy): RetryPolicy {
  const { maxRetryInterval, retryTimeout, nonRetryableErrors, ...rest } = retry;
  return {
    ...rest,
    ...(maxRetryInterval && { maxRetryInterval }),
    ...(retryTimeout && { retryTimeout }),
    ...(nonRetryableErrors && nonRetryableErrors.length > 0 && { nonRetryableErrors }),
  };
}
