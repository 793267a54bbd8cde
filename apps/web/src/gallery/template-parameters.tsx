import { NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { templateValueProblems, type TemplateParameter, type TemplateValue, type TemplateValues } from '@perdure/graph';
import { tidiedDuration } from '../designer/duration-hint.ts';

export function TemplateParameters({
  parameters,
  given,
  onGiven,
}: {
  parameters: readonly TemplateParameter[];
  given: TemplateValues;
  onGiven(key: string, value: TemplateValue): void;
}) {
  if (parameters.length === 0) return null;
  const problems = new Map(templateValueProblems(parameters, given).map(({ key, message }) => [key, message]));
  return (
    <section aria-label="Parameters" className="gl-parameters">
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.key}
          parameter={parameter}
          value={given[parameter.key] ?? parameter.default}
          error={problems.get(parameter.key)}
          onChange={(value) => onGiven(parameter.key, value)}
        />
      ))}
    </section>
  );
}

function ParameterField({
  parameter: { label, help, kind, options = [] },
  value,
  error,
  onChange,
}: {
  parameter: TemplateParameter;
  value: TemplateValue;
  error: string | undefined;
  onChange(value: TemplateValue): void;
}) {
  const common = { label, description: help, error, size: 'sm' } as const;
  switch (kind) {
    case 'number':
      return (
        <NumberInput
          {...common}
          hideControls
          value={Array.isArray(value) ? '' : value}
          // Empty and unfinished numbers are texts, which are refused in words.
          onChange={onChange}
        />
      );
    case 'choice':
      return <NativeSelect {...common} data={options} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'people':
      return (
        <TagsInput {...common} value={Array.isArray(value) ? value : []} onChange={onChange} splitChars={[',', ' ']} acceptValueOnBlur />
      );
    case 'duration':
      return (
        <TextInput
          {...common}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          onBlur={() => {
            const tidied = tidiedDuration(String(value));
            if (tidied !== null) onChange(tidied);
          }}
        />
      );
    case 'text':
      return <TextInput {...common} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}
